// What is said about an image in one word, and the reasons for it.
import type { BudgetResult } from './budget.js';
import type { Finding } from './policy-finding.js';
import type { SecretFind } from './secret-find.js';
import { sizeText } from './size-text.js';

export type Verdict = 'pass' | 'warn' | 'fail';

export interface Reason {
  readonly kind: 'secret' | 'policy' | 'budget';
  readonly level: 'warn' | 'fail';
  readonly platform: string;
  /** Line of the Dockerfile, from 1; null where it is not known. */
  readonly line: number | null;
  /** One sentence for people. */
  readonly text: string;
}

export interface Judged {
  readonly platform: string;
  readonly findings: readonly Finding[];
  readonly secrets: readonly SecretFind[];
  readonly budgets: readonly BudgetResult[];
  readonly lineOf: (layerIndex: number) => number | null;
}

/** Secrets first, then what fails, then what warns. */
export function reasonsFor(judged: readonly Judged[]): readonly Reason[] {
  const all = judged.flatMap(({ platform, findings, secrets, budgets, lineOf }) => [
    ...secrets.map((find) => secretReason(find, platform, lineOf)),
    ...findings.flatMap((finding) => policyReason(finding, platform)),
    ...budgets.flatMap((result) => budgetReason(result)),
  ]);
  const rank = ({ kind, level }: Reason): number => (kind === 'secret' ? 0 : level === 'fail' ? 1 : 2);
  return all.sort((a, b) => rank(a) - rank(b));
}

export function verdictOf(reasons: readonly Reason[]): Verdict {
  if (reasons.some(({ level }) => level === 'fail')) return 'fail';
  return reasons.length === 0 ? 'pass' : 'warn';
}

/** `app/.git holds a version control folder: 200 files, 1.2 MB (1.14 MiB), deleted later and shipped all the same`. */
export function findingText({ path, what, count, bytes, hidden, base }: Finding): string {
  return [
    `${path === '' ? '/' : path}: ${what}`,
    ...(count > 1 ? [`${count} files`] : []),
    ...(bytes > 0 ? [sizeText(bytes)] : []),
    ...(hidden ? ['deleted or replaced later, and shipped all the same'] : []),
    ...(base ? ['brought by the base image'] : []),
  ].join(', ');
}

/** Where a known secret is; never the value. */
export function secretText({ secret, place, encodings }: SecretFind): string {
  const how = encodings.join(', ');
  if (place.kind === 'document') {
    const pointer = place.pointer === null ? '' : ` at ${place.pointer}`;
    return `The value of ${secret} stands in the image's ${place.document}${pointer} (${how}).`;
  }
  const file = place.path ?? 'no file that is known';
  const inside = place.gzip ? ', which is compressed' : '';
  const later = place.hidden ? '; a later layer deletes it, and it ships all the same' : '';
  return `The value of ${secret} stands in ${file}${inside} (${how})${later}.`;
}

function secretReason(find: SecretFind, platform: string, lineOf: Judged['lineOf']): Reason {
  const line = find.place.kind === 'layer' ? lineOf(find.place.layerIndex) : null;
  return { kind: 'secret', level: 'fail', platform, line, text: secretText(find) };
}

function policyReason(finding: Finding, platform: string): readonly Reason[] {
  if (finding.level === 'note') return [];
  const level = finding.level === 'error' ? 'fail' : 'warn';
  const text = `${finding.class}: ${findingText(finding)}.`;
  return [{ kind: 'policy', level, platform, line: finding.line, text }];
}

function budgetReason({ outcome, platform, text }: BudgetResult): readonly Reason[] {
  if (outcome !== 'warn' && outcome !== 'fail') return [];
  return [{ kind: 'budget', level: outcome, platform, line: null, text }];
}

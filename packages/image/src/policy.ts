// Judges an image by what its layers and its configuration hold: only what it needs to run should ship.
import type { LayerContent } from './layer-entry.js';
import type { FindingLevel, PolicyClass } from './policy-classes.js';
import { type ConfigMatch, type JudgedConfig, judgeConfig } from './policy-config.js';
import { type JudgedFiles, matchFiles } from './policy-files.js';
import { type FileGroup, type FileMatch, type Finding, groupMatches } from './policy-finding.js';
import type { Allowance, Policy } from './policy-form.js';

export interface JudgedImage extends JudgedFiles {
  readonly layers: readonly LayerContent[];
  readonly config: JudgedConfig;
  /** Line of the Dockerfile by layer, from 1; null where it is not known. */
  readonly lineOf: (layerIndex: number) => number | null;
}

export interface AllowedFiles {
  /** The glob of the allow list. */
  readonly path: string;
  readonly reason: string;
  readonly count: number;
  readonly bytes: number;
}

export interface Judgement {
  /** The gravest first, then by bytes. */
  readonly findings: readonly Finding[];
  /** What the allow list let pass, by its entries. */
  readonly allowed: readonly AllowedFiles[];
  /** Globs of the allow list that let nothing pass, for a notice. */
  readonly unused: readonly string[];
}

/** Whatever the layers hold, they are judged without an error: by their paths, kinds, modes and first bytes. */
export function judge(image: JudgedImage, policy: Policy): Judgement {
  const judged = ({ policyClass }: { policyClass: PolicyClass }): boolean =>
    policy.levels[policyClass] !== 'off';
  const files = sift(matchFiles(image).filter(judged), policy.allow);
  const settings = sift(judgeConfig(image.config, image.layers).filter(judged), policy.allow);
  const groups = [...settings.kept.map(asGroup), ...groupMatches(files.kept)];
  const allowed = policy.allow.flatMap((each) => {
    const passed = [...(files.passed.get(each) ?? []), ...(settings.passed.get(each) ?? [])];
    return passed.length === 0 ? [] : [allowedFiles(each, passed)];
  });
  const used = new Set([...files.passed.keys(), ...settings.passed.keys()]);
  return {
    findings: groups.flatMap((group) => findingOf(group, image, policy)).sort(byGravity),
    allowed,
    unused: policy.allow.filter((each) => !used.has(each)).map(({ glob }) => glob.text),
  };
}

interface Sifted<M> {
  readonly kept: readonly M[];
  readonly passed: ReadonlyMap<Allowance, readonly M[]>;
}

function sift<M extends ConfigMatch | FileMatch>(
  matches: readonly M[],
  allow: readonly Allowance[],
): Sifted<M> {
  const kept: M[] = [];
  const passed = new Map<Allowance, M[]>();
  for (const match of matches) {
    const allowance = allow.find(
      ({ glob, classes }) => classes.includes(match.policyClass) && glob.matches(match.path),
    );
    if (allowance === undefined) kept.push(match);
    else if (!passed.get(allowance)?.push(match)) passed.set(allowance, [match]);
  }
  return { kept, passed };
}

function allowedFiles(
  { glob, reason }: Allowance,
  passed: readonly (ConfigMatch | FileMatch)[],
): AllowedFiles {
  const bytes = passed.reduce((sum, match) => sum + ('bytes' in match ? match.bytes : 0), 0);
  return { path: glob.text, reason, count: passed.length, bytes };
}

type Group = Omit<FileGroup, 'layerIndex' | 'anchor'> & { readonly layerIndex: number | null };

function asGroup(match: ConfigMatch): Group {
  return { ...match, bytes: 0, count: 1, hidden: false, examples: [] };
}

function findingOf(group: Group, image: JudgedImage, policy: Policy): readonly Finding[] {
  const { policyClass, path, what, layerIndex, bytes, count, hidden, examples } = group;
  const base = layerIndex !== null && layerIndex < image.baseLayers;
  const level = levelOf(policyClass, base, policy);
  if (level === null) return [];
  const layer = layerIndex === null ? null : (image.layers[layerIndex]?.digest ?? null);
  const line = layerIndex === null || base ? null : image.lineOf(layerIndex);
  const place = { path, layer, layerIndex, line };
  return [{ class: policyClass, level, ...place, what, bytes, count, hidden, base, examples }];
}

function levelOf(policyClass: PolicyClass, base: boolean, policy: Policy): FindingLevel | null {
  const level = policy.levels[policyClass];
  if (level === 'off' || (base && policy.base === 'off')) return null;
  if (!base || policy.base === 'same') return level;
  return level === 'error' ? 'warn' : 'note';
}

const gravity: Readonly<Record<FindingLevel, number>> = { error: 0, warn: 1, note: 2 };

function byGravity(a: Finding, b: Finding): number {
  return gravity[a.level] - gravity[b.level] || b.bytes - a.bytes;
}

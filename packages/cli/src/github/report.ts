// What `headgate check --github` prints.
import type { Paint } from '@headgate/rehearsal/view/marks';
import { clean } from '@headgate/rehearsal/view/text';
import type { Finding, Findings } from './finding.js';

export function reportLines(
  repository: string,
  { findings, unseen }: Findings,
  paint: Paint,
): readonly string[] {
  return [
    `Settings of ${clean(repository)} on GitHub:`,
    ...[...findings].sort(bySeverity).flatMap((finding) => findingLines(finding, paint)),
    ...(unseen.length === 0 ? [] : ['', 'Not to be seen with this token:']),
    ...[...byNeed(unseen)].map(
      ([needs, subjects]) => `  - ${subjects.map(clean).join('; ')}: needs ${clean(needs)}`,
    ),
    '',
    closing({ findings, unseen }),
  ];
}

function findingLines(
  { severity, subject, expected, found, page, command }: Finding,
  paint: Paint,
): readonly string[] {
  const sign = severity === 'error' ? paint('✗', 'red') : paint('!', 'yellow');
  return [
    '',
    `${sign} ${clean(subject)}: ${severity}`,
    `    expected  ${clean(expected)}`,
    `    found     ${clean(found)}`,
    `    change    ${clean(page)}`,
    ...(command === null ? [] : [`    or        ${clean(command)}`]),
  ];
}

function byNeed(unseen: Findings['unseen']): ReadonlyMap<string, readonly string[]> {
  const subjects = new Map<string, string[]>();
  for (const { subject, needs } of unseen) subjects.set(needs, [...(subjects.get(needs) ?? []), subject]);
  return subjects;
}

/** Errors first; otherwise in the order in which they were found. */
function bySeverity(one: Finding, other: Finding): number {
  return Number(other.severity === 'error') - Number(one.severity === 'error');
}

function closing({ findings, unseen }: Findings): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  if (findings.length === 0)
    return unseen.length === 0 ? 'All as expected.' : 'What could be seen is as expected.';
  return `${count(errors, 'error')}, ${count(warnings, 'warning')}.`;
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

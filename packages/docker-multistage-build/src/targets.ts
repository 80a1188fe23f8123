// Whether the stages asked for are in the Dockerfile, before anything is built.
import type { Stage } from '@headgate/dockerfile/dockerfile';
import { findStage } from '@headgate/dockerfile/target';
import { nearestName } from '@headgate/kit/nearest-name';
import { placedFailure } from './failures.js';
import { stagesOf } from './stages.js';

export interface WantedTargets {
  readonly target: string;
  readonly testTargets: readonly string[];
  readonly testResults: readonly string[];
  /** Several images of one file. */
  readonly targets: readonly { readonly target: string }[];
}

/**
 * @param dockerfile its text
 * @param shownFile its path for the message
 * @throws ActionError `target-missing` naming the stages there are
 */
export function checkTargets(dockerfile: string, shownFile: string, wanted: WantedTargets): void {
  const stages = stagesOf(dockerfile);
  if (stages === null) return;
  if (stages.length === 0) {
    throw placedFailure({
      code: 'target-missing',
      message: `${shownFile} has no FROM instruction.`,
      hint: 'Begin the Dockerfile with FROM.',
      place: { file: shownFile, line: 1 },
    });
  }
  if (wanted.target !== '') checkTarget('target', wanted.target, { stages, shownFile });
  for (const target of wanted.testTargets) checkTarget('test-targets', target, { stages, shownFile });
  for (const target of wanted.testResults) checkTarget('test-results', target, { stages, shownFile });
  for (const { target } of wanted.targets)
    if (target !== '') checkTarget('targets', target, { stages, shownFile });
}

function checkTarget(
  input: string,
  target: string,
  { stages, shownFile }: { readonly stages: readonly Stage[]; readonly shownFile: string },
): void {
  if (findStage(stages, target) !== null) return;
  const names = [...new Set(stages.flatMap((stage) => (stage.name === null ? [] : [stage.name])))];
  const near = nearestName(target, names);
  const found = names.length === 0 ? 'no named stage' : `the stages ${names.join(', ')}`;
  throw placedFailure({
    code: 'target-missing',
    message: `${input}: ${shownFile} has no stage "${target}"; it has ${found}.`,
    hint: near === null ? `Name a stage with AS, or correct \`${input}\`.` : `Write ${near} in \`${input}\`.`,
    place: { file: shownFile, line: null },
  });
}

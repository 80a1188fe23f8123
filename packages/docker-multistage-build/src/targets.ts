// Whether the stages asked for are in the Dockerfile, before anything is built.
import { nearestName } from '@headgate/kit/nearest-name';
import { findStage, hasForeignSyntax, listStages, type Stage } from './dockerfile.js';
import { failure } from './failures.js';

export interface WantedTargets {
  readonly target: string;
  readonly testTargets: readonly string[];
}

/**
 * @param dockerfile its text
 * @param shownFile its path for the message
 * @throws ActionError `target-missing` naming the stages there are
 */
export function checkTargets(dockerfile: string, shownFile: string, wanted: WantedTargets): void {
  // Another frontend may have another grammar: the builder itself judges then.
  if (hasForeignSyntax(dockerfile)) return;
  const stages = listStages(dockerfile);
  if (stages.length === 0) {
    throw failure(
      'target-missing',
      `${shownFile} has no FROM instruction.`,
      'Begin the Dockerfile with FROM.',
    );
  }
  if (wanted.target !== '') checkTarget('target', wanted.target, { stages, shownFile });
  for (const target of wanted.testTargets) checkTarget('test-targets', target, { stages, shownFile });
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
  throw failure(
    'target-missing',
    `${input}: ${shownFile} has no stage "${target}"; it has ${found}.`,
    near === null ? `Name a stage with AS, or correct \`${input}\`.` : `Write ${near} in \`${input}\`.`,
  );
}

// Stages named like a check that nothing builds: they would pass by never running.
import { unreachedChecks } from '@headgate/dockerfile/unreached-checks';
import { placedFailure } from './failures.js';
import { type GraphWish, graphFor } from './stages.js';

export interface CheckedWish extends GraphWish {
  readonly testTargets: readonly string[];
  readonly testResults: readonly string[];
  /** Known not to run. */
  readonly skippedStages: readonly string[];
  /** Several images of one file. */
  readonly targets: readonly { readonly target: string }[];
}

/**
 * Looks only at what this Dockerfile says: where another grammar or a mistake hides it, the builder judges.
 * @param shownFile its path for the message
 * @throws ActionError `check-skipped`
 */
export function refuseSkippedChecks(dockerfile: string, shownFile: string, wish: CheckedWish): void {
  const graph = graphFor(dockerfile, wish);
  if (graph === null) return;
  const built = [
    ...wish.testTargets,
    ...wish.testResults,
    ...wish.skippedStages,
    ...wish.targets.map(({ target }) => target),
  ];
  const [first, ...others] = unreachedChecks(graph, built);
  if (first === undefined) return;
  const named = [first, ...others].map(({ name }) => name).join(', ');
  throw placedFailure({
    code: 'check-skipped',
    message: `${shownFile}: ${named} would not run: ${graph.target} does not need it, and it is no test target.`,
    hint: `Name it in \`test-targets\`, or in \`skipped-stages\` if it is not meant to run.`,
    place: { file: shownFile, line: first.line },
  });
}

// What the post step does: finishes the undo that a cancelled main step had no time for, removes its tests' containers,
// and tells GitHub the end.
import type { Deps } from '@headgate/kit/deps';
import { connectForUndo, connectHost, lockHost, removeOwnTests } from './connection.js';
import { existingDeployment, type GitHubDeployment } from './github-deployment.js';
import { readHand } from './hand-state.js';
import type { Inputs } from './inputs.js';
import { undoHand } from './setback.js';
import { timesOf } from './times.js';
import type { Hand, UndoReport } from './undo.js';

/** Answers whether one version serves. @throws {DeployError} when the host cannot be reached or is locked */
export async function finishUndo(inputs: Inputs, deps: Deps): Promise<boolean> {
  const { core } = deps;
  const deployment = openedDeployment(inputs, deps);
  const hand = readHand(core.getState('hand'));
  if (core.getState('tests') !== '') {
    core.info('the tests were cut off: removing their containers');
    await removeOwnTests(inputs, deps);
    await deployment.report('failure', 'cancelled while the tests ran; the new version serves');
    return true;
  }
  if (hand === null) {
    await deployment.report('failure', 'cancelled before anything was changed');
    return true;
  }
  core.info('the deployment was cut off: bringing the former version back');
  try {
    const report = await undoOnHost(hand, inputs, deps);
    for (const notice of report.notices) core.warning(notice);
    const sentence = `cancelled: ${report.restored} of ${report.of} former instances serve`;
    core.info(sentence);
    await deployment.report('failure', sentence);
    return report.consistent;
  } catch (error) {
    await deployment.report(
      'failure',
      `undo-failed: ${error instanceof Error ? error.message : String(error)}`,
    );
    throw error;
  }
}

async function undoOnHost(hand: Hand, inputs: Inputs, deps: Deps): Promise<UndoReport> {
  const transport = connectHost(inputs, deps);
  const lock = await lockHost(inputs, deps, transport);
  try {
    const target = await connectForUndo(inputs, deps, transport);
    await target.read();
    return await undoHand(hand, { target, clock: deps.clock, times: timesOf(inputs), complete: true });
  } finally {
    await lock.release();
  }
}

/** The one that the main step created; without an id it reports to nobody. */
function openedDeployment(inputs: Inputs, { core, context, connectGitHub }: Deps): GitHubDeployment {
  const { environment, environmentUrl, githubToken: token } = inputs;
  const request = { environment, ref: context.sha, payload: {}, logUrl: context.runUrl, environmentUrl };
  const warn = (message: string): void => core.warning(message);
  return existingDeployment(core.getState('deployment'), request, { connectGitHub, token, warn });
}

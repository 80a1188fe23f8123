// What the post step does: finishes the undo that a cancelled main step had no time for.
import type { Deps } from '@headgate/kit/deps';
import { connectForUndo, connectHost, lockHost } from './connection.js';
import { existingDeployment } from './github-deployment.js';
import { readHand } from './hand-state.js';
import type { Inputs } from './inputs.js';
import { undoHand } from './rollout.js';
import { timesOf } from './times.js';

/** Answers whether one version serves. @throws {DeployError} when the host cannot be reached or is locked */
export async function finishUndo(inputs: Inputs, deps: Deps): Promise<boolean> {
  const { core, context, clock, connectGitHub } = deps;
  const hand = readHand(core.getState('hand'));
  if (hand === null) return true;
  core.info('the deployment was cut off: bringing the former version back');
  const transport = connectHost(inputs, deps);
  const lock = await lockHost(inputs, deps, transport);
  try {
    const target = await connectForUndo(inputs, deps, transport);
    await target.read();
    const report = await undoHand(hand, { target, clock, times: timesOf(inputs), complete: true });
    for (const notice of report.notices) core.warning(notice);
    const sentence = `cancelled: ${report.restored} of ${report.of} former instances serve`;
    core.info(sentence);
    const { environment, environmentUrl, githubToken: token } = inputs;
    const request = { environment, ref: context.sha, payload: {}, logUrl: context.runUrl, environmentUrl };
    const warn = (message: string): void => core.warning(message);
    const deployment = existingDeployment(core.getState('deployment'), request, {
      connectGitHub,
      token,
      warn,
    });
    await deployment.report('failure', sentence);
    return report.consistent;
  } finally {
    await lock.release();
  }
}

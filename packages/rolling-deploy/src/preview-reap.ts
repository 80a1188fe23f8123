// The story of mode preview-reap: the preview of one pull request, or all that have expired or whose pull request is closed.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { jsonOutput } from '@headgate/kit/json-output';
import { code, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import { ownerOf } from './preview-context.js';
import { closedAmong, retireDeployments } from './preview-github.js';
import { withPreviewHost } from './preview-host.js';
import type { ReapInputs } from './preview-inputs.js';
import { isExpired, type Preview, readPreviews, removePreview } from './preview-world.js';

interface Due {
  readonly preview: Preview;
  /** Part of a sentence. */
  readonly reason: string;
}

/** @throws {DeployError} when the host cannot be reached, is locked, or does not let something go */
export async function reapPreviews(inputs: ReapInputs, deps: Deps): Promise<ActionResult> {
  const owner = ownerOf(deps.context, inputs);
  return withPreviewHost(inputs, { owner, deps }, async ({ engine, lock }) => {
    const due = await dueAmong(await readPreviews(engine, owner), inputs, deps);
    for (const { preview, reason } of due) {
      deps.core.info(`${inputs.dryRun ? 'would remove' : 'removing'} ${preview.project}: ${reason}`);
      if (inputs.dryRun) continue;
      await lock.renew();
      await removePreview(engine, preview, inputs.stopGrace);
    }
    await retire(due, inputs, deps);
    await deps.core.appendSummary(summaryOf(due, inputs.dryRun));
    const numbers = due.map(({ preview }) => preview.number);
    return { outputs: { removed: jsonOutput(numbers) }, entry: { parts: {} } };
  });
}

async function dueAmong(
  previews: readonly Preview[],
  inputs: ReapInputs,
  deps: Deps,
): Promise<readonly Due[]> {
  const { pullRequest, githubToken } = inputs;
  if (pullRequest !== null) {
    const reason = `pull request #${pullRequest} needs it no more`;
    return previews.filter(({ number }) => number === pullRequest).map((preview) => ({ preview, reason }));
  }
  const now = deps.clock.now();
  const living = previews.filter((preview) => !isExpired(preview, now)).map(({ number }) => number);
  const closed = await closedAmong(living, githubToken, deps);
  return previews.flatMap((preview) => {
    if (closed.has(preview.number)) return [{ preview, reason: `pull request #${preview.number} is closed` }];
    const since = new Date(preview.expiresAt).toISOString();
    return isExpired(preview, now) ? [{ preview, reason: `it expired at ${since}` }] : [];
  });
}

/** Of a closed pull request also where nothing was left on the host. */
async function retire(due: readonly Due[], inputs: ReapInputs, deps: Deps): Promise<void> {
  const { dryRun, pullRequest, githubToken: token } = inputs;
  if (dryRun) return;
  const numbers = new Set(due.map(({ preview }) => preview.number));
  if (pullRequest !== null) numbers.add(pullRequest);
  for (const number of numbers) await retireDeployments(number, { token, except: '' }, deps);
}

function summaryOf(due: readonly Due[], dryRun: boolean): string {
  const title = dryRun ? 'Previews that would go' : 'Previews that are gone';
  if (due.length === 0) return `${heading(3, title)}None.\n\n`;
  const rows = due.map(({ preview, reason }) => {
    const { containers, networks, volumes } = preview;
    const names = [...containers, ...networks, ...volumes].map(({ name }) => code(name)).join(' ');
    return [code(preview.project), escapeMarkdown(reason), names];
  });
  return heading(3, title) + table(['Preview', 'Why', 'What belongs to it'], rows);
}

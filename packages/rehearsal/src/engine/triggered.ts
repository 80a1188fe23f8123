// The workflow files that an event starts.
import type { GitHubHost, RaisedEvent } from '../model.js';
import { changedPaths } from './changed-paths.js';
import { gitObjects } from './git-objects.js';
import { isTriggered, wantsPaths } from './trigger.js';
import { readTriggerHeader } from './workflow-file.js';

/** Read at the event's commit; files that the event does not concern may hold what the rehearsal does not know. */
export async function triggeredWorkflows(
  event: RaisedEvent,
  host: GitHubHost,
): Promise<readonly ReturnType<typeof readTriggerHeader>[]> {
  const folder = '.github/workflows';
  const objects = gitObjects(host.gitDirectory(event.repository));
  const names = (await objects.list(event.sha, folder)).filter((name) => /\.ya?ml$/u.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = `${folder}/${name}`;
      const content = (await objects.file(event.sha, path)) ?? '';
      const workflow = readTriggerHeader(
        { repository: event.repository, sha: event.sha, path, ref: event.ref },
        content,
      );
      const changed = wantsPaths(workflow, event) ? await changedPaths(event, objects) : [];
      return isTriggered(workflow, event, changed) ? [workflow] : [];
    }),
  );
  return found.flat();
}

// Which version an environment runs, as its deployments on GitHub say.
import { compareVersions, parseVersion, showVersion, type Version } from '@headgate/configuration/version';
import type { DeploymentHistory } from './deployments.js';
import { failure } from './failures.js';

/** A restored release takes the place of what ran when it was asked for. @throws {ActionError} `superseded` */
export async function checkReplaced(history: DeploymentHistory, replaces: string | null): Promise<void> {
  const { environment } = history;
  const deployed = await runningVersion(history);
  const running = deployed === null ? null : showVersion(deployed);
  if (running === replaces) return;
  const message = `${environment} was expected to run ${replaces ?? 'no known version'}, as when this was asked for; it runs ${running ?? 'none'}: something was deployed meanwhile`;
  throw failure('superseded', message, 'Start it again if it is still wanted.');
}

/**
 * @param version X.Y.Z that is about to be deployed; null where versions are not numbered, which is never superseded
 * @throws {ActionError} `superseded` when the environment runs a higher version
 */
export async function checkNewest(history: DeploymentHistory, version: string | null): Promise<void> {
  const { environment } = history;
  const own = version === null ? null : parseVersion(version);
  if (own === null) return;
  const deployed = await runningVersion(history);
  if (deployed === null || compareVersions(deployed, own) <= 0) return;
  const shown = showVersion(deployed);
  const message = `${environment} was expected to run ${version} or less, it runs ${shown}: a newer version was deployed meanwhile`;
  const hint = `Nothing is to be done if ${shown} is meant to stay; to go back to ${version}, roll back to it.`;
  throw failure('superseded', message, hint);
}

/** The version of the last deployment that succeeded; null when none is known. */
export async function runningVersion(history: DeploymentHistory): Promise<Version | null> {
  return (await deployedVersions(history, 'newest'))[0] ?? null;
}

/** As `runningVersion`: each version once, the one that runs first. */
export async function deployedVersions(
  history: DeploymentHistory,
  which: 'newest' | 'all',
): Promise<readonly Version[]> {
  const found: Version[] = [];
  const isNew = (version: string | null): boolean => {
    const deployed = parseVersion(version ?? '');
    return deployed !== null && !found.some((other) => compareVersions(other, deployed) === 0);
  };
  for await (const { version } of history.succeeded(isNew)) {
    const deployed = parseVersion(version ?? '');
    if (deployed !== null) found.push(deployed);
    if (which === 'newest') break;
  }
  return found;
}

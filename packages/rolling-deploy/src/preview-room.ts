// Whether one more preview may exist: the cap, and what has expired goes before anybody is turned away.
import type { Engine } from './engine.js';
import { DeployError } from './errors.js';
import type { PreviewIdentity } from './preview-identity.js';
import { isExpired, type Preview, removePreview } from './preview-world.js';

export interface Room {
  readonly engine: Engine;
  readonly identity: PreviewIdentity;
  readonly most: number;
  readonly now: number;
  readonly stopGraceMs: number;
  readonly log: (line: string) => void;
}

/**
 * Answers this preview as it is, null for a first one.
 * @throws {DeployError} preview-limit; preview-refused when the project's name is somebody else's
 */
export async function makeRoom(previews: readonly Preview[], room: Room): Promise<Preview | null> {
  const { engine, identity, most, now, stopGraceMs, log } = room;
  const former = previews.find(({ number }) => number === identity.number) ?? null;
  if (former !== null) return former;
  const others = [...previews];
  for (const old of previews.filter((preview) => isExpired(preview, now))) {
    if (others.length < most) break;
    log(`${old.project} has expired: it makes room`);
    await removePreview(engine, old, stopGraceMs);
    others.splice(others.indexOf(old), 1);
  }
  if (others.length < most) return null;
  const shown = others.map(
    ({ project, expiresAt }) => `${project} until ${new Date(expiresAt).toISOString()}`,
  );
  throw new DeployError({
    code: 'preview-limit',
    message: `at most ${most} previews were expected at a time, there are ${others.length}: ${shown.join(', ')}`,
    hint: 'Close one of these pull requests, wait for one to expire, or raise most, then re-run this job.',
  });
}

/** @throws {DeployError} preview-refused: what carries the project's name must be this preview's own */
export async function refuseForeign(engine: Engine, project: string, own: Preview | null): Promise<void> {
  const labelled = await engine.list({ 'com.docker.compose.project': project });
  const foreign = labelled.find(
    ({ id }) => own?.containers.every((container) => container.id !== id) ?? true,
  );
  if (foreign === undefined) return;
  throw new DeployError({
    code: 'preview-refused',
    message: `the project ${project} was expected to be this preview's own; ${foreign.name} in it is not`,
    hint: 'Give the application another name in headgate.yml, or remove that project from the host.',
  });
}

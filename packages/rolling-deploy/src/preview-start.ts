// Brings a preview to what its template says: what runs unchanged stays, the rest is made anew, service by service.
import type { Clock } from '@headgate/kit/clock';
import { putFiles } from './container-files.js';
import type { Engine } from './engine.js';
import type { Container } from './engine-answers.js';
import type { RegistryAuth } from './engine-images.js';
import { DeployError } from './errors.js';
import { anyPort, isPlaceTaken, placeAttempts } from './host-port.js';
import { networkFor, previewBody, previewRevision, type Stamp, volumesFor } from './preview-container.js';
import { previewLabels } from './preview-identity.js';
import type { PreviewService } from './preview-template.js';
import { waitEnded, waitReady } from './preview-waits.js';
import type { Preview } from './preview-world.js';
import type { Steps } from './steps.js';
import type { Transport } from './transport.js';

export interface Stage {
  readonly transport: Transport;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly steps: Steps;
  readonly stamp: Stamp;
  /** As it is now; null for a first one. */
  readonly former: Preview | null;
  readonly services: readonly PreviewService[];
  /** Environment variables of the chosen services that hold secrets. */
  readonly secretsOf: (service: string) => ReadonlyMap<string, string>;
  readonly authOf: (image: string) => RegistryAuth | null;
  /** Address of the host that published ports are bound to. */
  readonly bind: string;
  readonly healthPath: string;
  readonly healthIntervalMs: number;
  readonly healthDeadlineMs: number;
  readonly stopGraceMs: number;
  /** A number in [0, 1); injected so that tests decide. */
  readonly random: () => number;
}

export interface Shown {
  readonly service: PreviewService;
  readonly container: Container;
  readonly changed: boolean;
}

/** @throws {DeployError} instance-exited, never-healthy and what the engine or a registry refuses */
export async function startPreview(stage: Stage): Promise<readonly Shown[]> {
  const { services, steps, former } = stage;
  await steps.run('prepare', '', () => prepare(stage));
  const shown = new Map<string, Shown>();
  for (const service of services) {
    for (const { service: name, until } of service.needs) {
      const needed = shown.get(name);
      if (needed !== undefined && until !== 'started') await settled(needed, stage);
    }
    const name = service.definition.service;
    shown.set(name, await steps.run('start', name, () => startService(service, stage)));
  }
  for (const each of shown.values()) await settled(each, stage);
  const stale = (former?.containers ?? []).filter((container) => !shown.has(serviceOf(container)));
  for (const container of stale) await steps.run('clean-up', container.name, () => dismiss(container, stage));
  return [...shown.values()];
}

async function settled({ service, container }: Shown, stage: Stage): Promise<void> {
  const kind = service.endsByItself ? 'test' : 'healthy';
  await stage.steps.run(kind, container.name, () =>
    service.endsByItself ? waitEnded(container, stage) : waitReady(container, service, stage),
  );
}

async function prepare({ engine, services, stamp, authOf, signal }: Stage): Promise<void> {
  for (const image of new Set(services.map((service) => service.image))) {
    if ((await engine.imageDigests(image)) === null) await engine.pull(image, authOf(image), signal);
  }
  const [first] = services;
  if (first === undefined) return;
  const { name, labels } = networkFor(first, stamp);
  await engine.ensureNetwork(name, labels);
  for (const [volume, own] of volumesFor(services, stamp)) await engine.places.createVolume(volume, own);
}

async function startService(service: PreviewService, stage: Stage): Promise<Shown> {
  const { former, stamp, secretsOf } = stage;
  const name = service.definition.service;
  const secrets = secretsOf(name);
  const revision = previewRevision(service, secrets, stamp.salt);
  const mine = (former?.containers ?? []).filter((container) => serviceOf(container) === name);
  const kept = mine.find((container) => isAsWanted(container, service, revision));
  for (const container of mine) if (container !== kept) await dismiss(container, stage);
  if (kept !== undefined) return { service, container: kept, changed: false };
  const port = mine.map((container) => container.port).find((each) => each !== null) ?? null;
  return { service, container: await create(service, { revision, secrets, port }, stage), changed: true };
}

function isAsWanted(
  { labels, running, exitCode }: Container,
  { endsByItself }: PreviewService,
  revision: string,
): boolean {
  return labels.get(previewLabels.revision) === revision && (running || (endsByItself && exitCode === 0));
}

interface Wanted {
  readonly revision: string;
  readonly secrets: ReadonlyMap<string, string>;
  /** The former container's, so that the address stays. */
  readonly port: number | null;
}

async function create(
  service: PreviewService,
  { revision, secrets, port: former }: Wanted,
  stage: Stage,
): Promise<Container> {
  const { engine, stamp, bind, random } = stage;
  const { project, service: name } = service.definition;
  for (let attempt = 1; ; attempt += 1) {
    const port = attempt === 1 && former !== null ? former : anyPort(random);
    const binding = service.port === null ? null : { address: bind, port };
    const body = previewBody(service, stamp, { revision, secrets, binding });
    const id = await engine.create(`${project}-${name}-${revision.slice(0, 8)}-${attempt}`, body);
    try {
      await putFiles(engine, id, service.definition.files);
      await engine.start(id);
      return await inspected(id, name, engine);
    } catch (error) {
      await engine.remove(id).catch(() => undefined);
      if (attempt === placeAttempts || !isPlaceTaken(error)) throw error;
    }
  }
}

async function inspected(id: string, name: string, engine: Engine): Promise<Container> {
  const container = await engine.inspect(id);
  if (container !== null) return container;
  throw new DeployError({
    code: 'engine-refused',
    message: `${name} was gone right after its start`,
    hint: 'Find out who else removes containers on this host.',
  });
}

async function dismiss({ id, running }: Container, { engine, stopGraceMs }: Stage): Promise<void> {
  if (running) await engine.stop(id, stopGraceMs);
  await engine.remove(id);
}

export function serviceOf({ labels }: Container): string {
  return labels.get('com.docker.compose.service') ?? '';
}

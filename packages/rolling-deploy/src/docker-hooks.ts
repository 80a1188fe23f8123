// Hooks on a Docker host: a command in an instance's container, an HTTP call past the proxy, a one-off task beside the
// service.
import { randomBytes } from 'node:crypto';
import type { Clock } from '@headgate/kit/clock';
import type { Http, HttpResponse } from '@headgate/kit/http';
import { networkOf } from './container.js';
import type { PlannedHook } from './delivery.js';
import { beginningOf } from './engine-call.js';
import { execIn } from './exec.js';
import type { HookEnd, HookRun } from './hook-stage.js';
import type { HttpWork } from './http-hook.js';
import type { OneOffPlace } from './one-off.js';
import { runOneOff } from './one-off-run.js';
import type { Instance } from './target.js';
import type { Transport } from './transport.js';

export interface DockerHooks {
  readonly place: OneOffPlace;
  readonly transport: Pick<Transport, 'request'>;
  /** Of this runner. */
  readonly http: Http;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Keeps the host's lock alive. */
  readonly beat: () => Promise<void>;
  readonly stopGraceMs: number;
}

const beatMs = 1_000;

/** @throws {DeployError} and what the work itself rejects with */
export function runDockerHook(hook: PlannedHook, run: HookRun, host: DockerHooks): Promise<HookEnd> {
  const { work } = hook;
  switch (work.kind) {
    case 'task':
      return runTask(hook, run, host);
    case 'command':
      return within(hook, host, 'it runs on until its container stops', async (signal) => {
        const { id } = instanceOf(run);
        const { command } = work;
        const how = { command, environment: run.facts, signal, timeoutMs: hook.deadlineMs + 60_000 };
        const code = await execIn(id, how, { ...host.place, clock: host.clock, onLine: run.onLine });
        return { ok: code === 0, detail: `exit code ${code}` };
      });
    case 'http':
      return within(hook, host, 'the call was given up', (signal) => askHook(work, run, { ...host, signal }));
  }
}

async function askHook(
  { method, to, expected }: HttpWork,
  { instance, facts, onLine }: HookRun,
  { place: { engine }, transport, http, signal }: DockerHooks,
): Promise<HookEnd> {
  const tells = method !== 'GET' && method !== 'HEAD';
  const request = {
    method,
    signal,
    // The hook's own deadline ends it.
    timeoutMs: 2 ** 31 - 1,
    ...(tells
      ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(Object.fromEntries(facts)) }
      : {}),
  };
  let answer: HttpResponse;
  if (instance === null) answer = await http({ ...request, url: to });
  else {
    const endpoint = (await engine.inspect(instance.id))?.endpoint ?? null;
    if (endpoint === null) return { ok: false, detail: `${instance.name} has no port that its host reaches` };
    answer = await transport.request(endpoint, { ...request, path: to });
  }
  const { status } = answer;
  const { bytes, cut } = await beginningOf(answer);
  const lines = bytes.toString('utf8').split(/\r?\n/);
  // Half a line may be half a secret, which nothing masks.
  for (const line of cut
    ? [...lines.slice(0, -1), '(the rest is left out)']
    : lines.filter((text) => text !== ''))
    onLine(line);
  const ok = expected.length === 0 ? status >= 200 && status <= 299 : expected.includes(status);
  const wanted = expected.length === 0 ? '200 to 299' : expected.join(' or ');
  return { ok, detail: ok ? String(status) : `it answered ${status}, ${wanted} was expected` };
}

async function runTask(
  { work, image, deadlineMs }: PlannedHook,
  { instances, facts, onLine }: HookRun,
  { place, clock, signal, beat, stopGraceMs }: DockerHooks,
): Promise<HookEnd> {
  if (work.kind !== 'task') throw new Error('no task');
  const addresses = await addressesOf(instances, place);
  const environment = new Map([...facts, ['HEADGATE_ADDRESSES', addresses], ...work.task.environment]);
  const unique = (): string => randomBytes(3).toString('hex');
  const { ended, incomplete } = await runOneOff(
    { ...work.task, kind: 'hook', image: image.reference, environment, deadlineMs },
    { place, clock, signal, beat, unique, onLine, stopGraceMs },
  );
  if (incomplete !== '') onLine(`(lines may be missing: ${incomplete})`);
  if (ended === null) return late(deadlineMs, 'it was stopped');
  const memory = ended.outOfMemory ? ', killed for lack of memory' : '';
  return { ok: ended.exitCode === 0 && memory === '', detail: `exit code ${ended.exitCode}${memory}` };
}

/** Where the instances answer inside the service's network, as `address:port`. */
async function addressesOf(
  instances: readonly Instance[],
  { engine, service }: OneOffPlace,
): Promise<string> {
  const found = await Promise.all(instances.map(({ id }) => engine.inspect(id)));
  return found
    .flatMap((container) => {
      const address = container?.addresses.get(networkOf(service));
      return address === undefined
        ? []
        : [`${address}${container?.innerPort ? `:${container.innerPort}` : ''}`];
    })
    .join(' ');
}

function instanceOf({ instance }: HookRun): Instance {
  if (instance === null) throw new Error('a command needs an instance');
  return instance;
}

/** The first of its end, its deadline, a cancel and a lost lock. */
async function within(
  { deadlineMs }: PlannedHook,
  { clock, signal, beat }: DockerHooks,
  left: string,
  work: (signal: AbortSignal) => Promise<HookEnd>,
): Promise<HookEnd> {
  const over = new AbortController();
  const ends = AbortSignal.any([signal, over.signal]);
  const beating = async (): Promise<never> => {
    for (;;) {
      await clock.sleep(beatMs, ends);
      await beat();
    }
  };
  try {
    return await Promise.race([
      work(ends),
      clock.sleep(deadlineMs, ends).then(() => late(deadlineMs, left)),
      beating(),
    ]);
  } finally {
    over.abort();
  }
}

function late(deadlineMs: number, left: string): HookEnd {
  return { ok: false, detail: `it did not end within ${deadlineMs / 1000} s; ${left}` };
}

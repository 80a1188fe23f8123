// The labels that one-off containers are found by, and the removal of those that lost runs left.
import type { Engine } from './engine.js';
import { type Identity, lockName } from './identity.js';
import type { OneOff, OneOffSurroundings } from './one-off.js';

const test = { of: 'io.headgate.test-of', run: 'io.headgate.test-run', name: 'io.headgate.test' };
const labelNames = {
  test,
  // Under the deployment's lock as tests are, and found and removed with them.
  hook: test,
  task: { of: 'io.headgate.task-of', run: 'io.headgate.task-run', name: 'io.headgate.task' },
};
const expiryLabel = 'io.headgate.task-expires';
/** Milliseconds a task may take over its deadline: its stop, the rest of its log, its files. */
const expiryMarginMs = 3_600_000;

/** Removes test containers that lost runs left: all of the service, or one run's. Answers how many there were. */
export async function removeTests(engine: Engine, identity: Identity, run?: string): Promise<number> {
  const { of, run: runLabel } = labelNames.test;
  const mine = run === undefined ? {} : { [runLabel]: run };
  const left = await engine.list({ [of]: lockName(identity), ...mine });
  for (const { id } of left) await engine.remove(id);
  return left.length;
}

/** Removes one run's task containers, or all of the service that no run can be waiting for. Answers how many there were. */
export async function removeTasks(
  engine: Engine,
  identity: Identity,
  which: { readonly run: string } | { readonly expiredAt: number },
): Promise<number> {
  const { of, run } = labelNames.task;
  const mine = 'run' in which ? { [run]: which.run } : {};
  const found = await engine.list({ [of]: lockName(identity), ...mine });
  const left = found.filter(({ labels }) => {
    return 'run' in which || Date.parse(labels.get(expiryLabel) ?? '') <= which.expiredAt;
  });
  for (const { id } of left) await engine.remove(id);
  return left.length;
}

export function oneOffLabels(
  { kind, name, deadlineMs }: OneOff,
  { service, identity, run }: OneOffSurroundings,
  now: number,
): Readonly<Record<string, string>> {
  const names = labelNames[kind];
  const expires = new Date(now + deadlineMs + expiryMarginMs).toISOString();
  return {
    'com.docker.compose.project': service.project,
    'com.docker.compose.service': service.service,
    'com.docker.compose.oneoff': 'True',
    [names.of]: lockName(identity),
    [names.run]: run,
    [names.name]: name,
    // Tasks run beside a deployment and each other: no lock says which of them are lost.
    ...(kind === 'task' ? { [expiryLabel]: expires } : {}),
  };
}

// One run of a deployment as a process of its own: it opens the hosts, rolls, and may die at any call.
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { type FleetResult, rollFleet } from '../src/fleet.js';
import { fleetHosts } from '../src/fleet-hosts.js';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { closePlaces, openPlaces } from '../src/places.js';
import type { Target } from '../src/target.js';
import { recordTraffic } from '../src/traffic-record.js';
import type { HostFiles } from '../src/transport.js';
import { inputsFor } from './deploy.js';
import { type Life, livingBy, memoryTransport } from './memory-host.js';
import type { VirtualClock } from './virtual-clock.js';
import { createFakeWorld, digestOf, type FakeInstance, type Vice } from './world.js';

export interface CrashHost {
  readonly all: FakeInstance[];
  readonly files: HostFiles;
}

export interface Run {
  readonly hosts: readonly CrashHost[];
  readonly revision: string;
  readonly number: number;
  readonly life: Life;
  readonly clock: VirtualClock;
  readonly vices?: readonly Vice[];
  /** After each change of a world. */
  readonly watch?: () => void;
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly result: FleetResult;
  readonly core: RecordingCore;
}

const operations: readonly (keyof Target & string)[] = [
  'read',
  'prepare',
  'start',
  'resume',
  'observe',
  'answers',
  'admit',
  'join',
  'split',
  'drain',
  'dismiss',
  'counters',
  'stop',
  'remove',
];
const fileOperations: readonly (keyof HostFiles)[] = ['read', 'create', 'replace', 'remove'];

/** Rejects as a deployment does that could not be begun; never ends when it dies. */
export async function deployBy(run: Run): Promise<Ran> {
  const { hosts, revision, number, life, clock } = run;
  const core = createTestCore({
    ...inputsFor({ folder: '/memory', application: 'shop', proxySocket: '/proxy' }),
    image: `shop@sha256:${'0'.repeat(64)}`,
    'health-interval': '1s',
    settle: '3s',
    'drain-deadline': '2s',
    hosts: JSON.stringify(hosts.map((_, index) => ({ name: `h${index}`, engine: `/host/${index}` }))),
    ...run.inputs,
  });
  const inputs = readInputs(createInputReader(inputSpecs, core));
  const context = createTestContext({ runId: number, runUrl: `https://example/runs/${number}` });
  const deps = { ...createTestDeps({ core, context }), clock };
  const hostOf = (engine: string): CrashHost => {
    const host = hosts[Number(engine.split('/').at(-1))];
    if (host === undefined) throw new Error(`no host ${engine}`);
    return host;
  };
  const image = { registry: 'memory', reference: revision, digest: digestOf(revision) };
  const delivery = { image, version: null, commit: null, tests: [], hooks: [] };
  const places = await openPlaces(
    inputs,
    async ({ engine }) => {
      const { vices = [], watch = () => undefined } = run;
      const world = createFakeWorld({
        instances: [],
        left: hostOf(engine).all,
        revision,
        run: number,
        vices,
        watch,
      });
      const log = (): void => undefined;
      const traffic = recordTraffic(livingBy(life, world, { names: operations }), { clock, revision, log });
      return {
        delivery,
        connection: { target: traffic.target, revision, traffic: traffic.record, testPlace: null },
      };
    },
    deps,
    ({ engine }) =>
      memoryTransport(livingBy(life, hostOf(engine).files, { names: fileOperations, prefix: 'file ' })),
  );
  try {
    const fleet = fleetHosts(places, { help: {}, inputs, image, deps });
    const result = await rollFleet(fleet.hosts, inputs, { signal: deps.signal, log: () => undefined });
    fleet.forget();
    return { result, core };
  } finally {
    await closePlaces(places, deps);
  }
}

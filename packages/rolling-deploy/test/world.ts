// A Target in memory: instances with vices, operations that fail on demand, and an eye on the traffic at every step.
import { DeployError, type DeployErrorCode } from '../src/errors.js';
import type { Answer, Instance, Target, Traffic, Watch } from '../src/target.js';

/** What is wrong with an instance. */
export type Vice = 'none' | 'never-healthy' | 'exits' | 'lies' | 'dies-in-traffic' | 'wrong-image';

export interface FakeInstance {
  readonly id: string;
  readonly revision: string;
  readonly createdAt: number;
  readonly vice: Vice;
  running: boolean;
  traffic: Traffic;
  served: number;
  /** Made, and its start never came. */
  isBare?: boolean;
  /** Gets the requests that carry a sign. */
  signed?: boolean;
}

/** `before`: the operation has no effect; `after`: it has, and its answer is lost. */
export interface Fault {
  /** Number of the operation that fails, from 0; -1: none. */
  readonly at: number;
  readonly when: 'before' | 'after';
  /** Of an engine's failure; a router's is always proxy-refused. */
  readonly code: DeployErrorCode;
  /** All later operations of the same part fail too. */
  readonly lasting: 'no' | 'engine' | 'router';
}

export const noFault: Fault = { at: -1, when: 'before', code: 'engine-refused', lasting: 'no' };

export interface FakeWorldOptions {
  readonly instances: readonly Omit<FakeInstance, 'id' | 'served'>[];
  /** What another run left, as it is: instead of `instances`. */
  readonly left?: FakeInstance[];
  /** Of the instances started; `wanted` unless said. */
  readonly revision?: string;
  /** Number of the run: what it starts is younger than what earlier ones started, and has other names. */
  readonly run?: number;
  readonly fault?: Fault;
  /** Vices of the instances started, in order; none after the last. */
  readonly vices?: readonly Vice[];
  /** Requests that an instance in traffic answers between two looks; 50 unless said. */
  readonly requests?: (one: FakeInstance) => number;
  /** Errors counted until then; all of an instance that lies unless said. */
  readonly errors?: (one: FakeInstance) => number;
  /** Called after each operation. */
  readonly watch?: () => void;
}

export interface FakeWorld extends Target {
  readonly all: FakeInstance[];
  readonly operations: string[];
}

/** A platform that tells nothing by itself. */
export const silentWatch: Watch = {
  told: () => [],
  next: () => new Promise(() => undefined),
  close: () => undefined,
};

export const wantedRevision = 'wanted';

export function digestOf(revision: string): string {
  return `sha256:${revision}`;
}

export function isServing({ traffic }: Pick<FakeInstance, 'traffic'>): boolean {
  return traffic === 'in' || traffic === 'some';
}

export function fitInTraffic(world: FakeWorld): readonly FakeInstance[] {
  return world.all.filter((one) => one.running && isServing(one) && one.vice === 'none');
}

export function createFakeWorld(options: FakeWorldOptions): FakeWorld {
  const { fault = noFault, vices = [], watch = () => undefined, run = 1 } = options;
  const all =
    options.left ??
    options.instances.map((one, index): FakeInstance => ({ ...one, id: `old-${index}`, served: 0 }));
  const operations: string[] = [];
  let count = 0;
  let started = 0;

  const operate = async <T>(part: 'engine' | 'router', name: string, effect: () => T): Promise<T> => {
    const number = count;
    count += 1;
    operations.push(name);
    const lasting = fault.at >= 0 && number > fault.at && fault.lasting === part;
    const fails = number === fault.at || lasting;
    const code = part === 'router' ? 'proxy-refused' : fault.code;
    if (fails && (fault.when === 'before' || lasting)) throw failure(code, name);
    const result = effect();
    watch();
    if (fails) throw failure(code, name);
    return result;
  };
  const find = ({ id }: Instance): FakeInstance => {
    const one = all.find((candidate) => candidate.id === id);
    if (one === undefined) throw failure('engine-refused', `${id} is gone`);
    return one;
  };
  const setTraffic = (instance: Instance, traffic: Traffic): Promise<void> =>
    operate('router', `${traffic} ${instance.name}`, () => {
      for (const one of all) one.signed = false;
      find(instance).traffic = traffic;
    });
  /** As a router does it: who has no place in it gets none. */
  const place = ({ id }: Instance, traffic: Traffic): void => {
    const one = all.find((candidate) => candidate.id === id);
    if (one === undefined || one.traffic === 'out') return;
    if (traffic !== 'warm' || one.traffic !== 'draining') one.traffic = traffic;
  };
  const answerOf = (one: FakeInstance): Answer => {
    if (one.vice === 'dies-in-traffic' && (isServing(one) || one.signed === true)) one.running = false;
    const ok = one.running && one.vice !== 'never-healthy';
    return { ok, detail: ok ? '200' : 'connection refused', listens: one.running };
  };
  return {
    all,
    operations,
    description: 'memory',
    read: () => operate('engine', 'read', () => ({ instances: all.map(instanceOf), notices: [] })),
    prepare: () => operate('engine', 'prepare', () => undefined),
    start: (ordinal) =>
      operate('engine', `start ${ordinal}`, () => {
        const vice = vices[started] ?? 'none';
        started += 1;
        const one: FakeInstance = {
          id: `new-${run === 1 ? '' : `${run}-`}${started}`,
          revision: options.revision ?? wantedRevision,
          createdAt: 1000 * run + started,
          vice,
          running: vice !== 'exits',
          traffic: 'out',
          served: 0,
        };
        all.push(one);
        return instanceOf(one);
      }),
    resume: (instance) =>
      operate('engine', `resume ${instance.name}`, () => {
        const one = find(instance);
        one.running = true;
        return instanceOf(one);
      }),
    observe: (instance) =>
      operate('engine', `observe ${instance.name}`, () => {
        const one = find(instance);
        const answer = answerOf(one);
        const exitCode = one.running ? null : 1;
        return {
          running: one.running,
          restarting: false,
          restarts: 0,
          startedAt: one.createdAt,
          exitCode,
          outOfMemory: false,
          health: 'none',
          healthDetail: '',
          answer,
        };
      }),
    watch: () => silentWatch,
    listening: () => Promise.resolve({ listeners: null, port: null }),
    answers: (instance) => Promise.resolve(answerOf(find(instance))),
    admit: (instance) => setTraffic(instance, 'in'),
    join: (instance) => setTraffic(instance, 'warm'),
    split: ({ fresh, former, percent }) =>
      operate('router', `split ${percent}`, () => {
        for (const one of all) one.signed = false;
        const gains = [...(percent > 0 ? fresh : []), ...(percent < 100 ? former : [])];
        if (gains.some((instance) => find(instance).traffic === 'out'))
          throw failure('proxy-refused', 'no place');
        const part = (share: number): Traffic => (share === 0 ? 'warm' : share === 100 ? 'in' : 'some');
        for (const instance of fresh) place(instance, part(percent));
        for (const instance of former) place(instance, part(100 - percent));
      }),
    route: (sign, instances) =>
      operate('router', `route ${sign?.value ?? 'none'}`, () => {
        for (const one of all) one.signed = false;
        if (sign !== null) for (const instance of instances) find(instance).signed = true;
      }),
    drain: (instance) => setTraffic(instance, 'draining'),
    dismiss: (instance) => setTraffic(instance, 'out'),
    counters: (instance) =>
      operate('router', `counters ${instance.name}`, () => {
        const one = find(instance);
        const { requests = () => 50, errors = () => (one.vice === 'lies' ? one.served : 0) } = options;
        if (isServing(one) || one.signed === true) one.served += requests(one);
        return { responses: one.served, errors: errors(one), sessions: 0 };
      }),
    stop: (instance) =>
      operate('engine', `stop ${instance.name}`, () => {
        find(instance).running = false;
      }),
    remove: (instance) =>
      operate('engine', `remove ${instance.name}`, () => {
        const index = all.findIndex(({ id }) => id === instance.id);
        if (index >= 0) all.splice(index, 1);
      }),
    lastLines: () => Promise.resolve(['::error::hostile']),
  };
}

function instanceOf(one: FakeInstance): Instance {
  const { id, revision, createdAt, running, traffic } = one;
  const digest = one.vice === 'wrong-image' ? 'sha256:other' : digestOf(revision);
  const startedAt = one.isBare === true ? 0 : createdAt;
  return { id, name: id, revision, digest, createdAt, startedAt, running, restarts: 0, traffic };
}

function failure(code: DeployErrorCode, name: string): DeployError {
  return new DeployError({ code, message: `told to fail: ${name}`, hint: 'This is a test.' });
}

// A Target in memory: instances with vices, operations that fail on demand, and an eye on the traffic at every step.
import { DeployError, type DeployErrorCode } from '../src/errors.js';
import type { Instance, Target, Traffic } from '../src/target.js';

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
  readonly fault?: Fault;
  /** Vices of the instances started, in order; none after the last. */
  readonly vices?: readonly Vice[];
  /** Called after each operation. */
  readonly watch?: () => void;
}

export interface FakeWorld extends Target {
  readonly all: FakeInstance[];
  readonly operations: string[];
}

export const wantedRevision = 'wanted';

export function digestOf(revision: string): string {
  return `sha256:${revision}`;
}

export function fitInTraffic(world: FakeWorld): readonly FakeInstance[] {
  return world.all.filter((one) => one.running && one.traffic === 'in' && one.vice === 'none');
}

export function createFakeWorld(options: FakeWorldOptions): FakeWorld {
  const { fault = noFault, vices = [], watch = () => undefined } = options;
  const all = options.instances.map(
    (one, index): FakeInstance => ({ ...one, id: `old-${index}`, served: 0 }),
  );
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
      find(instance).traffic = traffic;
    });
  const answerOf = (one: FakeInstance): { ok: boolean; detail: string } => {
    if (one.vice === 'dies-in-traffic' && one.traffic === 'in') one.running = false;
    const ok = one.running && one.vice !== 'never-healthy';
    return { ok, detail: ok ? '200' : 'connection refused' };
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
          id: `new-${started}`,
          revision: wantedRevision,
          createdAt: 1000 + started,
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
          restarts: 0,
          exitCode,
          outOfMemory: false,
          health: 'none',
          healthDetail: '',
          answer,
        };
      }),
    answers: (instance) => Promise.resolve(answerOf(find(instance))),
    admit: (instance) => setTraffic(instance, 'in'),
    drain: (instance) => setTraffic(instance, 'draining'),
    dismiss: (instance) => setTraffic(instance, 'out'),
    counters: (instance) =>
      operate('router', `counters ${instance.name}`, () => {
        const one = find(instance);
        if (one.traffic === 'in') one.served += 50;
        return { responses: one.served, errors: one.vice === 'lies' ? one.served : 0, sessions: 0 };
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
  return { id, name: id, revision, digest, createdAt, running, restarts: 0, traffic };
}

function failure(code: DeployErrorCode, name: string): DeployError {
  return new DeployError({ code, message: `told to fail: ${name}`, hint: 'This is a test.' });
}

// What a rolling deployment needs of the place it deploys to. Strategy, steps and verdicts know only this file:
// a Docker host behind a proxy implements it, a Kubernetes workload can follow.

/** `in`: gets new requests; `draining`: finishes what it has; `out`: gets nothing. */
export type Traffic = 'in' | 'draining' | 'out';

/** One running or kept copy of one version of the service. */
export interface Instance {
  /** Opaque to everybody but the target. */
  readonly id: string;
  /** For people: a container's or pod's name. */
  readonly name: string;
  /** Names image and configuration together; two instances are the same version when their revisions are equal. */
  readonly revision: string;
  /** `sha256:…` of the image it really runs; '' when the target cannot tell. */
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly running: boolean;
  /** Times the platform had started it again by itself when it was read. */
  readonly restarts: number;
  readonly traffic: Traffic;
}

export interface World {
  /** Every instance of this service that we made, running or kept. */
  readonly instances: readonly Instance[];
  /** Sentences about what was found and mended or left alone: a slot that led nowhere, a server that is not ours. */
  readonly notices: readonly string[];
}

export interface Observation {
  readonly running: boolean;
  /** Times the platform started it again by itself, ever. */
  readonly restarts: number;
  /** Null while it runs. */
  readonly exitCode: number | null;
  readonly outOfMemory: boolean;
  /** The platform's own health check; `none` when the service declares none. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** Last words of that check. */
  readonly healthDetail: string;
  /** What the instance itself answered on its health path. */
  readonly answer: Answer;
}

export interface Answer {
  readonly ok: boolean;
  /** `200`, `503`, `connection refused` … */
  readonly detail: string;
}

/** Counted by whatever routes the traffic; only differences mean something. */
export interface Counters {
  readonly responses: number;
  /** Server errors: 5xx answers, refused connections, broken answers. */
  readonly errors: number;
  /** Requests and connections in flight. */
  readonly sessions: number;
}

export const noTraffic: Counters = { responses: 0, errors: 0, sessions: 0 };

/** Every method rejects with a DeployError and has its own deadline. */
export interface Target {
  /** One line for the log: where this deploys to. */
  readonly description: string;
  /** Reads the world as it is and mends what is plainly wrong (traffic led to nothing). */
  read(): Promise<World>;
  /** Has everything ready that a start needs: image, networks. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Starts a new instance of the wanted version outside the traffic; removes it again when that fails. */
  start(ordinal: number): Promise<Instance>;
  /** Starts a kept instance again, outside the traffic. */
  resume(instance: Instance): Promise<Instance>;
  observe(instance: Instance): Promise<Observation>;
  /** Asks the instance itself, without the platform's control plane. */
  answers(instance: Instance): Promise<Answer>;
  /** Gives it new requests, and returns when the router has taken it in. */
  admit(instance: Instance): Promise<void>;
  /** No new requests; those in flight go on. */
  drain(instance: Instance): Promise<void>;
  /** Out of the traffic, whatever is in flight. */
  dismiss(instance: Instance): Promise<void>;
  counters(instance: Instance): Promise<Counters>;
  /** Stops it with its grace period and keeps it. */
  stop(instance: Instance): Promise<void>;
  remove(instance: Instance): Promise<void>;
  /** The instance's last log lines: hostile text. */
  lastLines(instance: Instance): Promise<readonly string[]>;
}

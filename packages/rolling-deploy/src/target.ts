// What a rolling deployment needs of the place it deploys to. Strategy, steps and verdicts know only this file:
// a Docker host behind a proxy implements it, a Kubernetes workload can follow.

/**
 * `in`: gets its full part of new requests; `some`: a smaller part; `warm`: the router knows and checks it, and sends it
 * nothing; `draining`: finishes what it has; `out`: the router does not know it.
 */
export type Traffic = 'in' | 'some' | 'warm' | 'draining' | 'out';

/** Which part of new requests goes where; even within each set. */
export interface Split {
  readonly fresh: readonly Instance[];
  readonly former: readonly Instance[];
  /** 0 to 100 of the requests go to `fresh`. */
  readonly percent: number;
}

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
  /** Milliseconds since the epoch of its last start when it was read, by the platform's clock; 0 when it never was. */
  readonly startedAt: number;
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
  /** It ended, and the platform is about to start it again. */
  readonly restarting: boolean;
  /** Times the platform started it again by itself, ever; the one it is about to do included. */
  readonly restarts: number;
  /** Milliseconds since the epoch of its last start, by the platform's clock. */
  readonly startedAt: number;
  /** Null while it runs. */
  readonly exitCode: number | null;
  readonly outOfMemory: boolean;
  /** The platform's own health check; `none` when the service declares none. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** Exit code and output of that check's last look; '' before the first. */
  readonly healthDetail: string;
  /** What the instance itself answered on its health path. */
  readonly answer: Answer;
}

export interface Answer {
  readonly ok: boolean;
  /** `200`, `503`, `connection refused` … */
  readonly detail: string;
  /** Something took the connection, whatever it said; true where nobody knows. */
  readonly listens: boolean;
}

export interface Listening {
  readonly listeners: readonly string[] | null;
  readonly port: number | null;
}

/** Something that the platform told by itself. */
export interface Happening {
  readonly what: 'died' | 'out-of-memory' | 'health';
  /** Milliseconds since the epoch, by the platform's clock. */
  readonly at: number;
  /** Of a death; null when it was not told. */
  readonly exitCode: number | null;
}

/** What the platform tells by itself: a reason to look sooner, and causes that a look may come too late for. */
export interface Watch {
  /** All that was told about the instance, in no order and some of it twice. */
  told(instance: Instance): readonly Happening[];
  /** Resolves when something was told that no earlier call resolved for, until the signal ends the waiting. */
  next(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Counted by whatever routes the traffic; only differences mean something. */
export interface Counters {
  readonly responses: number;
  /** Server errors: 5xx answers, refused connections, broken answers. */
  readonly errors: number;
  /** Requests and connections in flight. */
  readonly sessions: number;
  /** Milliseconds that the last answers took, as a moving average; absent where nobody knows. */
  readonly averageMs?: number;
}

/** What sends a request to the new version, whatever the weights say. */
export interface Sign {
  readonly kind: 'header' | 'cookie';
  readonly name: string;
  readonly value: string;
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
  /** Begins to listen; nothing that goes wrong with it is an error. */
  watch(): Watch;
  /** Where it takes connections inside, such as `127.0.0.1:3000`, and where it is asked; null when nobody can tell. */
  listening(instance: Instance): Promise<Listening>;
  /** Asks the instance itself, without the platform's control plane. */
  answers(instance: Instance): Promise<Answer>;
  /** Gives it its full part of new requests, and returns when the router has taken it in. */
  admit(instance: Instance): Promise<void>;
  /** Known to the router and checked by it, without new requests; returns when the router has taken it in. */
  join(instance: Instance): Promise<void>;
  /**
   * All at once: every instance named gets its part, and is in the traffic if that is not nothing. Rejects with nothing
   * changed when one that is to get traffic has no place in the router.
   */
  split(split: Split): Promise<void>;
  /**
   * Requests that carry the sign go to these instances alone, evenly; null: no sign counts any more, as after any call
   * that gives or takes traffic. Absent where the router was not set up for it.
   */
  route?(sign: Sign | null, instances: readonly Instance[]): Promise<void>;
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

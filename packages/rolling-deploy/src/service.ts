// One service as the compose file describes it, normalised: what a container of it is made from.
import type { RestartPolicy } from './engine.js';

export interface HealthCheck {
  /** As in the Engine API: `CMD …`, `CMD-SHELL …` or `NONE`. */
  readonly test: readonly string[];
  /** Nanoseconds; 0: the engine's own default. */
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly retries: number;
}

export interface Mount {
  readonly type: 'volume' | 'bind';
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ServiceDefinition {
  /** Compose's project name. */
  readonly project: string;
  readonly service: string;
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  /** Without secrets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDirectory: string;
  readonly expose: readonly number[];
  readonly stopSignal: string;
  /** Milliseconds; null: the action's input decides. */
  readonly stopGraceMs: number | null;
  readonly healthCheck: HealthCheck | null;
  readonly init: boolean;
  readonly readOnly: boolean;
  /** Path → options. */
  readonly temporaryFolders: Readonly<Record<string, string>>;
  /** Bytes; 0: no limit. */
  readonly memory: number;
  /** Billionths of a processor; 0: no limit. */
  readonly nanoCpus: number;
  readonly mounts: readonly Mount[];
  readonly restart: RestartPolicy;
  readonly addedCapabilities: readonly string[];
  readonly droppedCapabilities: readonly string[];
  readonly securityOptions: readonly string[];
}

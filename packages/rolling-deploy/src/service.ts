// One service as the compose file describes it, normalised: what a container of it is made from.
import type { Need } from './compose-needs.js';
import type { EngineSettings } from './compose-settings.js';
import type { RestartPolicy } from './engine.js';

export interface HealthCheck {
  /** As in the Engine API: `CMD …`, `CMD-SHELL …` or `NONE`. */
  readonly test: readonly string[];
  /** Nanoseconds; 0: the engine's own default. */
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  /** Between checks while the start period lasts; engines before 25 take `interval` instead. */
  readonly startInterval?: number;
  readonly retries: number;
}

export interface Mount {
  readonly type: 'volume' | 'bind';
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A volume that the project owns, or one that must be there. */
export interface ServiceVolume {
  /** Its name in the compose file. */
  readonly key: string;
  /** Its name on the engine. */
  readonly name: string;
  readonly external: boolean;
}

export interface ServiceNetwork {
  /** Its name in the compose file. */
  readonly key: string;
  /** Its name on the engine. */
  readonly name: string;
  /** It must be there: nobody here makes it. */
  readonly external: boolean;
  /** Names of the service in it. */
  readonly aliases: readonly string[];
}

/** A port of the host: one container at a time can have it. */
export interface FixedPort {
  /** '' : every address of the host. */
  readonly address: string;
  readonly published: number;
  readonly target: number;
  readonly protocol: 'tcp' | 'udp';
}

/** A config or secret of the compose file, as the container gets it. */
export interface ServiceFile {
  /** Absolute path in the container. */
  readonly target: string;
  /** Base64. */
  readonly content: string;
  /** One of the compose file's secrets. */
  readonly isSecret: boolean;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
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
  /** Named volumes among the mounts. */
  readonly volumes: readonly ServiceVolume[];
  /** At least one. */
  readonly networks: readonly [ServiceNetwork, ...ServiceNetwork[]];
  readonly files: readonly ServiceFile[];
  /** Names of secrets that are files, and so no variables. */
  readonly fileSecrets: readonly string[];
  readonly ports: readonly FixedPort[];
  readonly containerName: string | null;
  /** What must run before it; no part of what it is. */
  readonly needs: readonly Need[];
  /** `scale` or `deploy.replicas`; null when the file says neither. */
  readonly scale: number | null;
  readonly restart: RestartPolicy;
  readonly addedCapabilities: readonly string[];
  readonly droppedCapabilities: readonly string[];
  readonly securityOptions: readonly string[];
  /** Absent when the file asks for none: what was deployed before they were known is the same version still. */
  readonly settings?: EngineSettings;
}

// Which containers and which lock on a host belong to one service: what a later run finds them by.
import { digestOf } from '@headgate/kit/digest';

/** Which instances on a host are ours: those of one service of one environment, behind one proxy's backend. */
export interface Identity {
  readonly application: string;
  readonly environment: string;
  readonly target: string;
  readonly service: string;
  /** `socket#backend`: two proxies on one host never share instances, whatever their services are called. */
  readonly proxy: string;
}

export const labelNames = {
  application: 'io.headgate.application',
  environment: 'io.headgate.environment',
  target: 'io.headgate.target',
  service: 'io.headgate.service',
  proxy: 'io.headgate.proxy',
  revision: 'io.headgate.revision',
  digest: 'io.headgate.digest',
  version: 'io.headgate.version',
  slot: 'io.headgate.slot',
  /** The one inside the container that it is asked on, where no port of the host leads there. */
  port: 'io.headgate.port',
  salt: 'io.headgate.salt',
  restart: 'io.headgate.restart',
  /** `true`: one container of the service at a time can be there. */
  alone: 'io.headgate.alone',
  /** The name that one container at a time can have. */
  name: 'io.headgate.container-name',
} as const;

/** The labels every container of a service carries, ours and Compose's, so that `docker compose ps` finds them. */
export function identityLabels(identity: Identity): Readonly<Record<string, string>> {
  return {
    [labelNames.application]: identity.application,
    [labelNames.environment]: identity.environment,
    [labelNames.target]: identity.target,
    [labelNames.service]: identity.service,
    [labelNames.proxy]: identity.proxy,
  };
}

/** File name of the service's lock: readable for people, and a digest of all that keeps services apart. */
export function lockName(identity: Identity): string {
  return `${fileName(identity)}.lock`;
}

/** File name of what is written down of a deployment of the service. */
export function journalName(identity: Identity): string {
  return `${fileName(identity)}.journal`;
}

function fileName(identity: Identity): string {
  const digest = digestOf(identity).slice('sha256:'.length, 'sha256:'.length + 12);
  return `${identity.application}.${identity.service}.${digest}`;
}

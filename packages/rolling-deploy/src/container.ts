// The container made from a service: the Engine API's create body, labels, and the revision that names a version.
import { canonicalJson, digestOf, hmac } from '@headgate/kit/digest';
import { labelsOf } from './container-labels.js';
import type { Identity } from './identity.js';
import { type Binding, bindingsOf, exposedBy } from './port-bindings.js';
import type { ServiceDefinition } from './service.js';

/** Everything one container needs beside its ordinal, slot and port. */
export interface Version {
  readonly service: ServiceDefinition;
  /** `host/repository@sha256:…` */
  readonly image: string;
  readonly digest: string;
  /** Secret environment values; reach the container, nothing else. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Null for a service that nobody reaches by a port. */
  readonly containerPort: number | null;
  readonly reach: Reach;
  readonly revision: string;
  /** `1.2.0` of a release, for people and for going back to it; not part of the revision. */
  readonly release: string | null;
  /** Key of the secrets' part in the revision; lives in labels on the host only. */
  readonly salt: string;
}

/** How the host's proxy reaches an instance: by a port of the loopback, or at an address in the proxy's network. */
export type Reach = 'port' | 'address';

export interface RevisionParts {
  readonly service: ServiceDefinition;
  readonly digest: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly containerPort: number | null;
  readonly reach: Reach;
  readonly salt: string;
  /** '' normally; a run's own text when the same version shall be rolled again. */
  readonly forcedBy: string;
}

/**
 * 16 hex digits naming image and configuration together; the number of instances is not part of it, nor what must run
 * before it. Whatever may be a secret counts through an HMAC under the service's salt, so that a printed revision is no
 * oracle for it: secrets, the content of files, and the environment, which comes from files too.
 */
export function revisionOf(parts: RevisionParts): string {
  const { service, digest, secrets, containerPort, reach, salt, forcedBy } = parts;
  const { environment, files, needs: _, scale: __, ...plain } = service;
  const covered = { environment, files, secrets: Object.fromEntries(secrets) };
  const secret = hmac(salt, canonicalJson(covered));
  // Not where it is the usual one: what runs already would get another name.
  const way = reach === 'port' ? {} : { reach };
  const name = digestOf({ service: plain, digest, containerPort, secret, forcedBy, ...way });
  return name.slice('sha256:'.length, 'sha256:'.length + 16);
}

export interface Place {
  readonly identity: Identity;
  readonly ordinal: number;
  readonly slot: string;
  /** Loopback port of the host; null for a service without a port, and for one that is reached at an address. */
  readonly port: number | null;
}

/** The network that the service is reached in. */
export function networkOf({ networks: [first] }: ServiceDefinition): string {
  return first.name;
}

export function composeNetworkLabels(
  { project }: Pick<ServiceDefinition, 'project'>,
  key = 'default',
): Readonly<Record<string, string>> {
  return { 'com.docker.compose.project': project, 'com.docker.compose.network': key };
}

/** The body of `POST /containers/create`. */
export function createBody(version: Version, place: Place): Readonly<Record<string, unknown>> {
  const { service, image, secrets, containerPort } = version;
  const binding =
    containerPort === null || place.port === null
      ? null
      : { containerPort, address: '127.0.0.1', port: place.port };
  return serviceBody(service, { image, secrets, labels: labelsOf(version, place), binding });
}

export interface Use {
  readonly image: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly labels: Readonly<Record<string, string>>;
  /** Null for a service that is reached from its network only. */
  readonly binding: Binding | null;
}

/** The body for a container of a service, whoever it is for. */
export function serviceBody(
  service: ServiceDefinition,
  { image, secrets, labels, binding }: Use,
): Readonly<Record<string, unknown>> {
  const environment = { ...service.environment, ...Object.fromEntries(secrets) };
  return {
    ...service.settings?.container,
    Image: image,
    ...(service.command === null ? {} : { Cmd: service.command }),
    ...(service.entrypoint === null ? {} : { Entrypoint: service.entrypoint }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: labels,
    ...(service.user === '' ? {} : { User: service.user }),
    ...(service.workingDirectory === '' ? {} : { WorkingDir: service.workingDirectory }),
    ...(service.stopSignal === '' ? {} : { StopSignal: service.stopSignal }),
    ...(service.stopGraceMs === null ? {} : { StopTimeout: Math.ceil(service.stopGraceMs / 1000) }),
    ...(service.healthCheck === null ? {} : { Healthcheck: healthOf(service.healthCheck) }),
    ExposedPorts: exposedBy(service, binding),
    HostConfig: hostConfig(service, binding),
    NetworkingConfig: { EndpointsConfig: { [networkOf(service)]: { Aliases: service.networks[0].aliases } } },
  };
}

function hostConfig(service: ServiceDefinition, binding: Binding | null): Readonly<Record<string, unknown>> {
  return {
    ...service.settings?.host,
    ...(service.settings === undefined ? {} : { ExtraHosts: service.settings.extraHosts }),
    PortBindings: bindingsOf(binding, service.ports),
    RestartPolicy: { Name: service.restart.name, MaximumRetryCount: service.restart.maximumRetries },
    NetworkMode: networkOf(service),
    Init: service.init,
    ReadonlyRootfs: service.readOnly,
    Tmpfs: service.temporaryFolders,
    Memory: service.memory,
    NanoCpus: service.nanoCpus,
    Mounts: service.mounts.map(({ type, source, target, readOnly }) => {
      return { Type: type, Source: source, Target: target, ReadOnly: readOnly };
    }),
    CapAdd: service.addedCapabilities,
    CapDrop: service.droppedCapabilities,
    SecurityOpt: service.securityOptions,
  };
}

function healthOf(check: NonNullable<ServiceDefinition['healthCheck']>): Readonly<Record<string, unknown>> {
  return {
    Test: check.test,
    Interval: check.interval,
    Timeout: check.timeout,
    StartPeriod: check.startPeriod,
    Retries: check.retries,
    ...(check.startInterval === undefined ? {} : { StartInterval: check.startInterval }),
  };
}

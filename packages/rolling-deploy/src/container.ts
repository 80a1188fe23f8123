// The container made from a service: the Engine API's create body, labels, and the revision that names a version.
import { canonicalJson, digestOf, hmac } from '@headgate/kit/digest';
import { type Identity, identityLabels, labelNames } from './identity.js';
import type { ServiceDefinition } from './service.js';

/** Everything one container needs beside its ordinal, slot and port. */
export interface Version {
  readonly service: ServiceDefinition;
  /** `host/repository@sha256:…` */
  readonly image: string;
  readonly digest: string;
  /** Secret environment values; reach the container, nothing else. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly containerPort: number;
  readonly revision: string;
  /** Key of the secrets' part in the revision; lives in labels on the host only. */
  readonly salt: string;
}

export interface RevisionParts {
  readonly service: ServiceDefinition;
  readonly digest: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly containerPort: number;
  readonly salt: string;
  /** '' normally; a run's own text when the same version shall be rolled again. */
  readonly forcedBy: string;
}

/**
 * 16 hex digits naming image and configuration together; the number of instances is not part of it.
 * Secrets count through an HMAC under the service's salt, so that a printed revision is no oracle for them.
 */
export function revisionOf({
  service,
  digest,
  secrets,
  containerPort,
  salt,
  forcedBy,
}: RevisionParts): string {
  const secret = hmac(salt, canonicalJson(Object.fromEntries(secrets)));
  return digestOf({ service, digest, containerPort, secret, forcedBy }).slice(
    'sha256:'.length,
    'sha256:'.length + 16,
  );
}

export interface Place {
  readonly identity: Identity;
  readonly ordinal: number;
  readonly slot: string;
  /** Loopback port of the host. */
  readonly port: number;
}

export function networkOf(service: ServiceDefinition): string {
  return `${service.project}_default`;
}

export function composeNetworkLabels(service: ServiceDefinition): Readonly<Record<string, string>> {
  return { 'com.docker.compose.project': service.project, 'com.docker.compose.network': 'default' };
}

/** The body of `POST /containers/create`. */
export function createBody(version: Version, place: Place): Readonly<Record<string, unknown>> {
  const { service, image, containerPort } = version;
  const ports = [...new Set([containerPort, ...service.expose])].map((port) => [`${port}/tcp`, {}] as const);
  const environment = { ...service.environment, ...Object.fromEntries(version.secrets) };
  return {
    Image: image,
    ...(service.command === null ? {} : { Cmd: service.command }),
    ...(service.entrypoint === null ? {} : { Entrypoint: service.entrypoint }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(version, place),
    ...(service.user === '' ? {} : { User: service.user }),
    ...(service.workingDirectory === '' ? {} : { WorkingDir: service.workingDirectory }),
    ...(service.stopSignal === '' ? {} : { StopSignal: service.stopSignal }),
    ...(service.stopGraceMs === null ? {} : { StopTimeout: Math.ceil(service.stopGraceMs / 1000) }),
    ...(service.healthCheck === null ? {} : { Healthcheck: healthOf(service.healthCheck) }),
    ExposedPorts: Object.fromEntries(ports),
    HostConfig: hostConfig(service, containerPort, place.port),
    NetworkingConfig: { EndpointsConfig: { [networkOf(service)]: { Aliases: [service.service] } } },
  };
}

function hostConfig(
  service: ServiceDefinition,
  containerPort: number,
  port: number,
): Readonly<Record<string, unknown>> {
  return {
    // A port of its own, not one the engine picks at each start: a restart by the engine must not lead the proxy astray.
    PortBindings: { [`${containerPort}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
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

function labelsOf(version: Version, { identity, ordinal, slot }: Place): Readonly<Record<string, string>> {
  const { service } = version;
  return {
    ...service.labels,
    'com.docker.compose.project': service.project,
    'com.docker.compose.service': service.service,
    'com.docker.compose.container-number': String(ordinal),
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.config-hash': version.revision,
    ...identityLabels(identity),
    [labelNames.revision]: version.revision,
    [labelNames.digest]: version.digest,
    [labelNames.slot]: slot,
    [labelNames.salt]: version.salt,
    [labelNames.restart]: `${service.restart.name}:${service.restart.maximumRetries}`,
  };
}

function healthOf(check: NonNullable<ServiceDefinition['healthCheck']>): Readonly<Record<string, unknown>> {
  return {
    Test: check.test,
    Interval: check.interval,
    Timeout: check.timeout,
    StartPeriod: check.startPeriod,
    Retries: check.retries,
  };
}

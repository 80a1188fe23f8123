// The labels of an instance's container: Compose's own, and ours.
import type { Place, Version } from './container.js';
import { fileLabels } from './file-digests.js';
import { identityLabels, labelNames } from './identity.js';
import type { ServiceDefinition } from './service.js';

/** One container at a time can be there: an old one stops before a new one starts. */
export function hasGap({
  ports,
  containerName,
}: Pick<ServiceDefinition, 'ports' | 'containerName'>): boolean {
  return ports.length > 0 || containerName !== null;
}

export function labelsOf(
  version: Version,
  { identity, ordinal, slot, port }: Place,
): Readonly<Record<string, string>> {
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
    ...fileLabels(service.files, version.salt),
    ...(version.containerPort !== null && port === null
      ? { [labelNames.port]: String(version.containerPort) }
      : {}),
    ...(hasGap(service) ? { [labelNames.alone]: 'true' } : {}),
    ...(service.containerName === null ? {} : { [labelNames.name]: service.containerName }),
  };
}

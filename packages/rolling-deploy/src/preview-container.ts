// One container of a preview: its revision, its labels, the body it is made from.
import { composeNetworkLabels, networkOf, revisionOf, serviceBody } from './container.js';
import { identityLabelsOf, type PreviewIdentity, previewLabels } from './preview-identity.js';
import type { PreviewService } from './preview-template.js';

export interface Stamp {
  readonly identity: PreviewIdentity;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Key of the secrets' part in revisions; lives in labels on the host only. */
  readonly salt: string;
}

/** Of everything that makes this service what it is; the same again needs no new container. */
export function previewRevision(
  { definition, image, port }: PreviewService,
  secrets: ReadonlyMap<string, string>,
  salt: string,
): string {
  const parts = { service: definition, digest: image, secrets, containerPort: port ?? 0, salt };
  return revisionOf({ ...parts, reach: 'port', forcedBy: '' });
}

export interface Made {
  readonly revision: string;
  readonly secrets: ReadonlyMap<string, string>;
  /** Of the host; null for a service that nobody looks at. */
  readonly binding: { readonly address: string; readonly port: number } | null;
}

/** The body of `POST /containers/create`. */
export function previewBody(
  { definition, image, port }: PreviewService,
  stamp: Stamp,
  { revision, secrets, binding }: Made,
): Readonly<Record<string, unknown>> {
  return serviceBody(definition, {
    image,
    secrets,
    labels: {
      ...definition.labels,
      'com.docker.compose.project': definition.project,
      'com.docker.compose.service': definition.service,
      'com.docker.compose.container-number': '1',
      'com.docker.compose.oneoff': 'False',
      'com.docker.compose.config-hash': revision,
      ...stampLabels(stamp),
      [previewLabels.revision]: revision,
      [previewLabels.salt]: stamp.salt,
    },
    binding: binding === null || port === null ? null : { containerPort: port, ...binding },
  });
}

/** Of everything that belongs to a preview. */
export function stampLabels({ identity, expiresAt }: Omit<Stamp, 'salt'>): Readonly<Record<string, string>> {
  return { ...identityLabelsOf(identity), [previewLabels.expires]: new Date(expiresAt).toISOString() };
}

export function networkFor({ definition }: PreviewService, stamp: Stamp) {
  return {
    name: networkOf(definition),
    labels: { ...composeNetworkLabels(definition), ...stampLabels(stamp) },
  };
}

/** The named volumes of all services; their names begin with the project's. */
export function volumesFor(
  services: readonly PreviewService[],
  stamp: Stamp,
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const volumes = services.flatMap(({ definition: { project, mounts } }) =>
    mounts.map(({ source }): [string, Readonly<Record<string, string>>] => {
      const compose = {
        'com.docker.compose.project': project,
        'com.docker.compose.volume': source.slice(`${project}_`.length),
      };
      return [source, { ...compose, ...stampLabels(stamp) }];
    }),
  );
  return new Map(volumes);
}

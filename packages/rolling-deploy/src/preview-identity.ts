// Whose preview something on a host is: the labels it carries, and the names it has there and on GitHub.
import { labelNames } from './identity.js';

/** One preview of one application. */
export interface PreviewIdentity {
  /** `octo/shop` */
  readonly repository: string;
  readonly application: string;
  /** Of the pull request. */
  readonly number: number;
}

export const previewLabels = {
  of: 'io.headgate.preview',
  number: 'io.headgate.preview-number',
  /** ISO 8601, UTC. */
  expires: 'io.headgate.preview-expires',
  revision: 'io.headgate.preview-revision',
  salt: 'io.headgate.preview-salt',
} as const;

/** What all previews of one application carry, and nobody else's: a host may show those of several repositories. */
export function ownerLabels({
  repository,
  application,
}: Omit<PreviewIdentity, 'number'>): Readonly<Record<string, string>> {
  return { [previewLabels.of]: `${repository}#${application}` };
}

export function identityLabelsOf(identity: PreviewIdentity): Readonly<Record<string, string>> {
  return {
    ...ownerLabels(identity),
    [previewLabels.number]: String(identity.number),
    [labelNames.environment]: environmentOf(identity.number),
  };
}

/** Compose's project name: `pr-7-shop`. */
export function projectOf({ number, application }: Pick<PreviewIdentity, 'number' | 'application'>): string {
  const slug = application.toLowerCase().replace(/[^a-z0-9_-]/g, '-');
  return `pr-${number}-${slug}`.slice(0, 63);
}

/** The environment as GitHub shows it: one a pull request, gone with it. */
export function environmentOf(number: number): string {
  return `preview/pr-${number}`;
}

/** One file for all previews of an application: their number is what the lock protects. */
export function previewLockName({ repository, application }: Omit<PreviewIdentity, 'number'>): string {
  return `previews.${repository.replace('/', '.')}.${application}.lock`;
}

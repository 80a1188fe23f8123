// A delivery record as it stands when approval is asked for.
import { type DeliveryRecord, emptyRecord } from '@headgate/kit/record';

/** A digest of one letter. */
export const sha = (letter: string): string => `sha256:${letter.repeat(64)}`;
export const configuration = { environment: 'production', digest: sha('9'), members: {} };

/** What a production run has collected before it asks. */
export const record: DeliveryRecord = {
  ...emptyRecord({
    application: 'shop',
    repository: 'acme/shop',
    event: 'push',
    ref: 'refs/heads/master',
    branchKind: 'production',
    version: '1.0.0',
    commit: 'a'.repeat(40),
    tree: 'b'.repeat(40),
    actor: 'max',
    run: { id: 1000, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/1000' },
  }),
  images: [
    {
      name: 'shop',
      digest: sha('1'),
      reference: null,
      tags: [],
      key: '2'.repeat(64),
      platforms: [],
      reusedFrom: null,
    },
  ],
  machineImages: [
    {
      template: 'host',
      builder: 'docker.host',
      type: 'docker',
      region: '',
      id: sha('3'),
      artifactId: 'x',
      files: [],
    },
  ],
  plans: [
    planOf('infrastructure', 'production', 'planned'),
    planOf('infrastructure', 'staging', 'planned'),
    planOf('old', 'production', 'applied'),
  ],
  configurations: [configuration, { ...configuration, environment: 'staging', digest: sha('8') }],
};

function planOf(directory: string, environment: string, outcome: 'planned' | 'applied') {
  const digests = { fileDigest: sha('4'), meaningDigest: sha('5') };
  return {
    directory,
    workspace: environment,
    environment,
    outcome,
    ...digests,
    add: 3,
    change: 2,
    destroy: 1,
    artifact: null,
  };
}

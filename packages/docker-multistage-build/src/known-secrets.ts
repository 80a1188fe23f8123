// The secrets that this step was given, by the names people know them under.
import type { KnownSecret } from '@headgate/image/secret-patterns';
import type { SecretMap } from '@headgate/kit/secrets';
import type { WrittenSecrets } from './secret-files.js';

const groups = ['build', 'registries'] as const;

/** Each value once, under the first of its names. */
export function knownSecrets(buildSecrets: SecretMap, { mounted }: WrittenSecrets): readonly KnownSecret[] {
  const named = groups.flatMap((group) =>
    [...buildSecrets.group(group)].map(([name, value]) => ({ name: `${group}.${name}`, value })),
  );
  const rest = buildSecrets.values.map((value) => ({ name: 'a value of build-secrets', value }));
  const known = new Map<string, KnownSecret>();
  for (const secret of [...mounted, ...named, ...rest]) {
    if (!known.has(secret.value)) known.set(secret.value, secret);
  }
  return [...known.values()];
}

// Who signs what this step publishes; what it takes to sign is loaded only where a key is given.
import type { Deps } from '@headgate/kit/deps';
import type { Registry } from '@headgate/kit/registry/registry';
import type { SecretMap } from '@headgate/kit/secrets';

export interface Signer {
  /**
   * Signs a digest that the repository holds, unless the same key has signed it there.
   * @returns `host/repository@sha256:…` of the manifest that holds the signature
   * @throws ActionError `signature-failed` and the registry's codes
   */
  sign(registry: Registry, digest: string): Promise<string>;
}

/**
 * The signer with the member `signing-key` of build-secrets; null without one. It stands beside the group `build`, so no
 * build can name it.
 * @throws InputError for what is no key
 */
export async function openSigner(
  { buildSecrets }: { readonly buildSecrets: SecretMap },
  deps: Pick<Deps, 'temporary'>,
): Promise<Signer | null> {
  const key = buildSecrets.top('signing-key');
  return key === null ? null : (await import('./signing.js')).createSigner(key, deps);
}

// Who signs images: the public keys that targets and previews judge them by.
import * as v from 'valibot';
import { variableReference } from './schema-values.js';

/** PEM blocks of SubjectPublicKeyInfo (RFC 7468), with the line breaks that YAML leaves of them. */
export const publicKeys =
  /^\s*(?:-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]{16,2000}-----END PUBLIC KEY-----\s*){1,16}$/;
export const publicKeysWanted = 'public keys as PEM: what openssl pkey -in signing.key -pubout prints';

export const signingSchema = v.strictObject({
  'public-key': v.pipe(
    v.union([v.pipe(v.string(), v.regex(publicKeys, publicKeysWanted)), variableReference]),
    v.description(
      'PEM, several one after the other. Targets and previews run images only that one of them has signed; the private key is signing-key in BUILD_SECRETS.',
    ),
  ),
});

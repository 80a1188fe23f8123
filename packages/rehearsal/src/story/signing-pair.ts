// The pair of keys that a rehearsal signs its images with, made for it alone.
import { generateKeyPairSync } from 'node:crypto';

/** Both as PEM. */
export interface SigningPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** ECDSA P-256: what every verifier of such signatures knows. */
export function makeSigningPair(): SigningPair {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
    publicKeyEncoding: { format: 'pem', type: 'spki' },
  });
}

// Keys as PEM (RFC 7468), whatever became of their line breaks on the way through YAML.
export interface PemBlock {
  /** `PUBLIC KEY`, `PRIVATE KEY` … */
  readonly label: string;
  /** What the base64 between the two lines holds. */
  readonly der: Buffer;
}

const block = /-----BEGIN ([A-Z0-9 ]{1,60})-----([A-Za-z0-9+/=\s]{1,10000})-----END \1-----/g;
const longestPem = 64 * 1024;

/** Every block of a text; null when it holds anything besides. */
export function readPem(text: string): readonly PemBlock[] | null {
  if (text.length > longestPem || text.replace(block, '').trim() !== '') return null;
  return [...text.matchAll(block)].map(([, label = '', body = '']) => ({
    label,
    der: Buffer.from(body.replace(/\s/g, ''), 'base64'),
  }));
}

// Values that stand where a secret would stand, and are none.

const words =
  /your|example|placeholder|change[-_ ]?(?:me|it|this)|dummy|replace|insert|redacted|not[-_ ]?(?:set|used|needed)|todo|xxxx|\*\*\*/;
const plain: ReadonlySet<string> = new Set([
  ...[
    'password',
    'passwd',
    'secret',
    'secrets',
    'default',
    'undefined',
    'development',
    'testing',
    'production',
  ],
  ...['postgres', 'required', 'optional', 'disabled', 'enabled', 'testtest', 'token', 'mytoken', 'mysecret'],
]);
const fileFolders = /^(?:file:\/\/)?\.{0,2}\/(?:run|etc|var|mnt|vault|secrets|tmp|root|home|app|opt|usr)\//;

/** Shorter values are switches and examples. */
const shortest = 6;

/** Variables, words such as `changeme`, one character repeated, the name of a file that holds the secret. */
export function isPlaceholder(value: string): boolean {
  const text = value
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .toLowerCase();
  return (
    text.length < shortest ||
    /^[$<{%[(]/.test(text) ||
    plain.has(text) ||
    words.test(text) ||
    text === text.charAt(0).repeat(text.length) ||
    fileFolders.test(text)
  );
}

/** Names that hold a secret's word and describe it only: `AUTH_URL`, `TOKEN_TTL`, the fingerprint in `GPG_KEY`. */
export function describesSecret(name: string): boolean {
  return /(?:^|_)(?:gpg|pgp|checksum|sha\d{1,3}|fingerprint)|_(?:urls?|uri|host|port|path|dir|ttl|timeout|name|id|ids|enabled|type|method|mode|algorithm|length|size|user|users|expiry|prefix|header|server)$/i.test(
    name,
  );
}

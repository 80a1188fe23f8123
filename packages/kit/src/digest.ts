// Names by content: RFC 8785 canonical JSON, SHA-256 and HMAC.

function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

/**
 * The RFC 8785 form of a JSON value: keys sorted by UTF-16 code units, no white space, ECMAScript numbers.
 * Members that are `undefined` are left out, as in JSON.stringify.
 * @throws {TypeError} for what JSON cannot carry: NaN, infinities, lone surrogates, functions, bigints, cycles.
 */
export function canonicalJson(value: unknown): string {
  return write(value, []);
}

/** 64 hex digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return crypto().createHash('sha256').update(data).digest('hex');
}

/** `sha256:` and the SHA-256 of the value's canonical JSON: the value's name. */
export function digestOf(value: unknown): string {
  return `sha256:${sha256Hex(canonicalJson(value))}`;
}

/** 64 hex digits of HMAC-SHA-256. */
export function hmac(key: string | Uint8Array, data: string | Uint8Array): string {
  return crypto().createHmac('sha256', key).update(data).digest('hex');
}

function write(value: unknown, parents: readonly object[]): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'string') return writeString(value);
  if (typeof value !== 'object') throw new TypeError(`JSON cannot carry a ${typeof value}`);
  if (parents.includes(value)) throw new TypeError('JSON cannot carry a cycle');
  const inside = [...parents, value];
  if (Array.isArray(value)) return `[${value.map((item) => write(item, inside)).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${writeString(key)}:${write(member, inside)}`);
  return `{${members.join(',')}}`;
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`JSON cannot carry ${value}`);
  return JSON.stringify(value);
}

function writeString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('JSON text must not contain a lone surrogate');
  return JSON.stringify(value);
}

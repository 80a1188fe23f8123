// Tar archives made by hand, header by header: also those that no archiver writes.

export interface TarPart {
  readonly name: string;
  /** One character; `0`, a file, unless said. */
  readonly type?: string;
  readonly body?: string | Uint8Array;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly link?: string;
  /** Size in the header when it is not that of the body. */
  readonly size?: number;
  readonly prefix?: string;
  /** `ustar\0` + `00` unless said; eight characters. */
  readonly magic?: string;
  /** Changes the header before its checksum is made. */
  readonly edit?: (header: Buffer) => void;
}

/** Members and the two blocks of zeros behind them. */
export function tar(...parts: readonly TarPart[]): Buffer {
  return Buffer.concat([...parts.map(member), Buffer.alloc(1024)]);
}

/** One member without the end of an archive. */
export function member(part: TarPart): Buffer {
  const body = Buffer.from(part.body ?? '');
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return Buffer.concat([header(part, body.length), body, padding]);
}

function header(part: TarPart, length: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(part.name, 0, 100);
  block.write(octal(part.mode ?? (part.type === '5' ? 0o755 : 0o644), 7), 100);
  block.write(octal(part.uid ?? 0, 7), 108);
  block.write(octal(part.gid ?? 0, 7), 116);
  block.write(octal(part.size ?? length, 11), 124);
  block.write(octal(0, 11), 136);
  block.write(part.type ?? '0', 156);
  block.write(part.link ?? '', 157, 100);
  block.write(part.magic ?? 'ustar\u000000', 257, 8, 'latin1');
  block.write(part.prefix ?? '', 345, 155);
  part.edit?.(block);
  block.fill(0x20, 148, 156);
  block.write(
    octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    ),
    148,
  );
  return block;
}

/** An extended header for the member behind it. */
export function pax(...records: readonly (readonly [key: string, value: string])[]): TarPart {
  return {
    name: 'PaxHeaders/x',
    type: 'x',
    body: records.map(([key, value]) => record(key, value)).join(''),
  };
}

/** `LENGTH KEY=VALUE\n`, whose length counts its own digits. */
function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

/** GNU's way to a long name (`L`) or a long link (`K`). */
export function gnuLong(type: 'L' | 'K', text: string): TarPart {
  return { name: '././@LongLink', type, body: `${text}\0`, magic: 'ustar  \0' };
}

export const directory = (name: string, changes: Partial<TarPart> = {}): TarPart => ({
  name,
  type: '5',
  ...changes,
});
export const file = (name: string, body: string | Uint8Array, changes: Partial<TarPart> = {}): TarPart => ({
  name,
  body,
  ...changes,
});
export const symlink = (name: string, link: string): TarPart => ({ name, type: '2', link, mode: 0o777 });
export const hardlink = (name: string, link: string): TarPart => ({ name, type: '1', link });

// A small tar archive for tests, and where its files lie.

export interface TarFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface TarArchive {
  readonly bytes: Buffer;
  locate(offset: number): string | null;
}

/** Files in order, as POSIX ustar writes them. */
export function tarArchive(files: readonly TarFile[]): TarArchive {
  const parts: Buffer[] = [];
  const ends: { readonly end: number; readonly path: string }[] = [];
  let length = 0;
  for (const { path, content } of files) {
    const bytes = Buffer.from(content);
    const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
    parts.push(header(path, bytes.length), bytes, padding);
    length += 512 + bytes.length + padding.length;
    ends.push({ end: length, path });
  }
  parts.push(Buffer.alloc(1024));
  return {
    bytes: Buffer.concat(parts),
    locate: (offset) => ends.find(({ end }) => offset < end)?.path ?? null,
  };
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0, 100);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

// Tools that are not on PATH: downloads checked by their SHA-256; apart from tools.ts because they bring undici along.
import { ActionError } from './errors.js';

export interface Download {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  /** 64 hex digits of the file behind the URL. */
  readonly sha256: string;
  readonly form: 'binary' | 'tar.gz' | 'zip';
}

/**
 * The folder that holds the tool: from the runner's tool cache, or downloaded, checked, then unpacked.
 * @throws {ActionError} `download-mismatch` when the bytes are not the expected ones; nothing is unpacked then.
 */
export async function downloadTool(download: Download): Promise<string> {
  const cache = await import('@actions/tool-cache');
  const cached = cache.find(download.name, download.version);
  if (cached !== '') return cached;
  const file = await cache.downloadTool(download.url);
  await verify(file, download);
  if (download.form === 'binary') {
    process.getBuiltinModule('node:fs').chmodSync(file, 0o755);
    return cache.cacheFile(file, download.name, download.name, download.version);
  }
  const folder = download.form === 'zip' ? await cache.extractZip(file) : await cache.extractTar(file);
  return cache.cacheDir(folder, download.name, download.version);
}

async function verify(file: string, { name, url, sha256 }: Download): Promise<void> {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for await (const chunk of process.getBuiltinModule('node:fs').createReadStream(file))
    hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  if (found === sha256) return;
  throw new ActionError({
    code: 'download-mismatch',
    message: `${name}: SHA-256 ${sha256} was expected of ${new URL(url).origin}, ${found} was found`,
    hint: `Do not use this download; install ${name} on the runner, or see who changed the file.`,
  });
}

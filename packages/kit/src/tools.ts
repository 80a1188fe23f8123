// Command line tools: the one on PATH when it is new enough, else a download checked by its SHA-256.
import { ActionError } from './errors.js';
import type { RunCommand } from './process.js';

export interface ToolSpec {
  /** Arguments that make it print its version. */
  readonly versionArgs: readonly string[];
  /** The version inside what it printed (stdout and stderr joined), or null. */
  readonly parse: (output: string) => string | null;
  /** Dotted numbers. */
  readonly minimum: string;
}

export interface Tool {
  readonly file: string;
  readonly version: string;
}

/**
 * The tool as found on PATH.
 * @throws {ActionError} `tool-missing` when it does not answer; `tool-too-old` below the minimum.
 */
export async function findTool(
  file: string,
  spec: ToolSpec,
  { run }: { readonly run: RunCommand },
): Promise<Tool> {
  const hint = `Install ${file} ${spec.minimum} or newer on the runner.`;
  const result = await run({ file, args: spec.versionArgs });
  const version = spec.parse(`${result.stdout}\n${result.stderr}`);
  if (result.code !== 0 || version === null) {
    const said = result.stderr.trim().split('\n').at(-1) ?? '';
    throw new ActionError({
      code: 'tool-missing',
      message: `${file} does not answer with its version: ${said}`,
      hint,
    });
  }
  if (compareVersions(version, spec.minimum) >= 0) return { file, version };
  const message = `${file} ${spec.minimum} or newer was expected, ${version} was found`;
  throw new ActionError({ code: 'tool-too-old', message, hint });
}

/** Negative, zero or positive, comparing dotted numbers; a suffix such as -rc1 counts as older than none. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)];
  for (let index = 0; index < Math.max(left.numbers.length, right.numbers.length); index += 1) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return Number(left.suffix === '') - Number(right.suffix === '');
}

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

function split(version: string): { numbers: readonly number[]; suffix: string } {
  const match = /^v?(\d+(?:\.\d+)*)(.*)$/.exec(version.trim());
  const suffix = (match?.[2] ?? '').replace(/\+.*$/, '');
  return { numbers: (match?.[1] ?? '0').split('.').map(Number), suffix };
}

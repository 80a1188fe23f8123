// Command line tools on PATH: whether they answer, and whether they are new enough.
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

function split(version: string): { numbers: readonly number[]; suffix: string } {
  const match = /^v?(\d+(?:\.\d+)*)(.*)$/.exec(version.trim());
  const suffix = (match?.[2] ?? '').replace(/\+.*$/, '');
  return { numbers: (match?.[1] ?? '0').split('.').map(Number), suffix };
}

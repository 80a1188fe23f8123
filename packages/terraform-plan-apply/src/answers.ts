// What the tool says of the state: asked, and read into the members this action needs.
import type { Deps } from '@headgate/kit/deps';
import type { CommandSetting } from './command.js';
import { failure } from './failures.js';
import { readIdentity, type StateIdentity } from './plan-file.js';

const maxAnswerBytes = 256 * 1024 * 1024;

/**
 * The JSON of a command's standard output, where OpenTofu also warns of its own settings; empty without any. What may hold secrets never reaches a disk.
 * @throws {ActionError} `state-unreadable`
 */
export async function askTool(setting: CommandSetting, args: readonly string[], deps: Deps): Promise<string> {
  const { tool, directory: cwd, env, deadlineMs: timeoutMs, secrets } = setting;
  const options = { signal: deps.signal, timeoutMs, maxBytes: maxAnswerBytes };
  const { code, stdout, stderr } = await deps.run({ file: tool, args, cwd, env }, options);
  if (code === 0) return stdout.slice(startOfJson(stdout));
  throw failure('state-unreadable', {
    message: `${tool} ${args[0]} was expected to succeed, it ended with ${code}: ${secrets.redact(stderr.trim().slice(0, 400))}`,
    hint: 'See that the backend can be reached with the credentials passed on.',
  });
}

function startOfJson(text: string): number {
  const start = /^\{/m.exec(text)?.index;
  return start ?? text.length;
}

/** @throws {ActionError} `state-unreadable` */
export function readState(text: string): StateIdentity {
  try {
    return readIdentity(text);
  } catch (cause) {
    throw failure('state-unreadable', {
      message: `the state was expected with serial and lineage: ${cause instanceof SyntaxError ? 'it is not JSON' : String(cause)}`,
      hint: 'Run `state pull` by hand, with the same backend.',
      cause,
    });
  }
}

/** Values of the root outputs that are not sensitive. */
export function openOutputs(text: string): Readonly<Record<string, unknown>> {
  const document = JSON.parse(text) as Readonly<Record<string, { sensitive?: boolean; value?: unknown }>>;
  return Object.fromEntries(
    Object.entries(document)
      .filter(([, { sensitive }]) => sensitive === false)
      .map(([name, { value }]) => [name, value]),
  );
}

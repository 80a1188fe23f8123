// What hooks say: without secrets, where nothing of it is a command to the runner.
import { withStopCommands } from '@headgate/kit/log';
import type { HookRequest } from './hook-inputs.js';
import type { HookEnd, HookStageOptions } from './hook-stage.js';

/** Of one that is shown when it has ended. */
const heldLines = 1_000;

/** What is said stands where nothing in it is a command to the runner. */
export async function showHook(
  { point, name }: HookRequest,
  { core, live, redact }: Pick<HookStageOptions, 'core' | 'live' | 'redact'>,
  keep: (line: string) => void,
  work: (onLine: (line: string) => void) => Promise<HookEnd>,
): Promise<HookEnd> {
  const group = `Log of the hook ${point}/${name}`;
  const taking = (print: (line: string) => void) => (line: string) => {
    const clean = redact(line);
    keep(clean);
    print(clean);
  };
  if (live) return withStopCommands(core, (output) => work(taking((line) => output.line(line))), group);
  const held: string[] = [];
  try {
    return await work(
      taking((line) => {
        held.push(line);
        if (held.length > heldLines) held.shift();
      }),
    );
  } finally {
    await withStopCommands(core, async (output) => held.forEach(output.line), group);
  }
}

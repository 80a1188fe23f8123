// From arguments to an exit code; commands are loaded only when they are asked for.
import { ActionError } from '@headgate/kit/errors';
import { type Order, readArguments } from './arguments.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { helpText } from './help.js';
import { type HostProcess, print } from './host-process.js';

/** Runs one command. Never rejects: what goes wrong is printed and becomes the exit code. */
export async function run(args: readonly string[], host: HostProcess): Promise<ExitCode> {
  try {
    return await carryOut(readArguments(args), host);
  } catch (error) {
    if (host.signal.aborted) {
      print(host.stderr, ['Interrupted; everything that was started has ended.']);
      return exitCode.interrupted;
    }
    print(host.stderr, describe(error));
    return codeOf(error);
  }
}

async function carryOut(order: Order, host: HostProcess): Promise<ExitCode> {
  switch (order.command) {
    case 'help':
      print(host.stdout, [helpText(order.about)]);
      return exitCode.ok;
    case 'version':
      print(host.stdout, [await (await import('./version.js')).installedVersion(host.script)]);
      return exitCode.ok;
    case 'check':
      return (await import('./check.js')).check(order, host);
    case 'init':
      return (await import('./init.js')).init(order, host);
    case 'inspect':
      return (await import('./inspect.js')).inspectCommand(order, host);
    case 'open-seal':
      return (await import('./open-seal.js')).openSealCommand(order, host);
    case 'verify':
      return (await import('./verify.js')).verifyCommand(order, host);
    case 'proxy':
      return (await import('./proxy.js')).proxyCommand(order, host);
    case 'stages':
      return (await import('./stages.js')).stagesCommand(order, host);
    case 'retry':
      return (await import('./retry.js')).retryCommand(order, host);
    case 'rehearse':
      return (await import('./rehearse.js')).rehearseCommand(order, host);
    case 'load-generator':
      return (await import('./load-generator.js')).generateLoad(host);
  }
}

function describe(error: unknown): readonly string[] {
  if (error instanceof ActionError) return [`headgate: ${error.message}`, `  ${error.hint}`];
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return ['headgate: an unexpected fault; please report it with the lines below', text];
}

const machineCodes: ReadonlySet<string> = new Set([
  'tool-missing',
  'part-not-ready',
  'part-refused',
  'engine-unreachable',
  'repository-not-seeded',
  'installation-incomplete',
  'node-too-old',
]);

function codeOf(error: unknown): ExitCode {
  if (!(error instanceof ActionError)) return exitCode.machine;
  return machineCodes.has(error.code) ? exitCode.machine : exitCode.usage;
}

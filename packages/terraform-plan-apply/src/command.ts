// One command of the tool: its own session, output to a file, shown redacted inside stop-commands, one SIGINT on cancel.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markChild } from '@headgate/kit/child-watch';
import type { Deps } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import type { LongResult } from '@headgate/kit/process';
import { errorPlace } from './error-place.js';
import { failure } from './failures.js';
import type { KnownSecrets } from './known-secrets.js';
import { describeLock, parseLock } from './lock-info.js';

export interface CommandSetting {
  readonly tool: string;
  readonly directory: string;
  /** The same as people know it: from the repository's root. */
  readonly shownDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Outlives this step, so that the post step finds the log of a child that is still at work. */
  readonly folder: string;
  readonly secrets: KnownSecrets;
  readonly deadlineMs: number;
  readonly graceMs: number;
}

export interface ToolCommand {
  readonly args: readonly string[];
  /** Of the log group; null shows nothing. */
  readonly title: string | null;
  /** Must be watched by the post step when this step is cut off. */
  readonly holdsLock?: boolean;
}

export interface FinishedCommand extends LongResult {
  readonly logFile: string;
}

/** Runs one command; any exit code is a result. */
export async function runTool(
  setting: CommandSetting,
  command: ToolCommand,
  deps: Deps,
): Promise<FinishedCommand> {
  const logFile = join(setting.folder, `${command.args[0]}-${command.args[1]?.replace(/\W/g, '') ?? ''}.log`);
  const start = (onLine: (line: string) => void): Promise<LongResult> =>
    deps.start(
      {
        file: setting.tool,
        args: command.args,
        cwd: setting.directory,
        env: setting.env,
        logFile,
        stopSignal: 'SIGINT',
        deadlineMs: setting.deadlineMs,
        graceMs: setting.graceMs,
        onLine,
        onStart: (pid) => {
          if (command.holdsLock === true)
            deps.core.saveState(
              'child',
              JSON.stringify({ ...markChild(pid), folder: setting.folder, logFile }),
            );
        },
      },
      deps.signal,
    );
  const result =
    command.title === null
      ? await start(() => undefined)
      : await withStopCommands(
          deps.core,
          (output) => start((line) => output.line(setting.secrets.redact(line))),
          command.title,
        );
  if (command.holdsLock === true) deps.core.saveState('child', '');
  return { ...result, logFile };
}

/** Characters of a log shown after the fact. */
const shownCharacters = 2 * 1024 * 1024;

/** Prints a finished command's log. */
export function showLog(
  file: string,
  title: string,
  { core, secrets }: { readonly core: Deps['core']; readonly secrets: KnownSecrets },
): Promise<void> {
  const lines = readFileSync(file, 'utf8').slice(0, shownCharacters).split('\n');
  return withStopCommands(
    core,
    async (output) => {
      for (const line of lines) output.line(secrets.redact(line));
    },
    title,
  );
}

export interface Judgement {
  readonly code: 'init-failed' | 'plan-failed' | 'plan-unreadable' | 'state-unreadable' | 'apply-failed';
  /** `terraform plan` */
  readonly what: string;
  readonly deadline: 'plan-deadline' | 'apply-deadline';
  readonly hint: string;
  /** Exit codes that are no failure. */
  readonly good: readonly number[];
}

/** @throws {ActionError} the judgement's code, `state-locked`, `cancelled`, or its deadline. */
export function judge(
  result: LongResult,
  { secrets, shownDirectory }: Pick<CommandSetting, 'secrets' | 'shownDirectory'>,
  judgement: Judgement,
): void {
  const { what, good, hint } = judgement;
  if (result.code !== null && good.includes(result.code) && result.stopped === null) return;
  const lock = parseLock(result.tail);
  const outputs = lock === null ? {} : { 'lock-id': lock.id };
  if (result.stopped === 'cancelled') {
    throw failure('cancelled', {
      message: `${what} was told once to stop, and ended`,
      hint: 'Plan again: what was done until then is in the state.',
      outputs,
    });
  }
  if (result.stopped === 'deadline') {
    const message = `${what} was expected to end within deadline, and was told to stop`;
    throw failure(judgement.deadline, { message, hint: 'Raise deadline if this takes so long.', outputs });
  }
  if (lock !== null) {
    throw failure('state-locked', {
      message: `${what}: ${describeLock(lock)}`,
      hint: 'Wait for its holder, or raise lock-timeout. If the holder is gone for certain, a person runs force-unlock.',
      outputs,
    });
  }
  const lines = result.tail.split('\n').map((line) => line.replace(/^[\s│╷╵|]*/u, '').trim());
  const first = lines.findIndex((line) => line.startsWith('Error: '));
  const error = first < 0 ? [] : lines.slice(first);
  const reason = secrets.redact(reasonOf(first < 0 ? lines.slice(-3) : error.slice(0, 8)));
  throw failure(judgement.code, {
    message: `${what} was expected to succeed, it ended with ${result.code ?? result.signal}: ${reason}`,
    hint,
    place: errorPlace(error, shownDirectory),
  });
}

/** At most 400 characters. */
function reasonOf(lines: readonly string[]): string {
  const text = lines.filter((line) => line !== '').join(' ');
  return Array.from(text).slice(0, 400).join('');
}

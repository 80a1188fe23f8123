// Plays one story in a fresh folder, with what this machine has.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { runCommand } from '@headgate/kit/process';
import type { Pauses } from '@headgate/rehearsal/runner/pauses';
import type { Application } from '@headgate/rehearsal/story/application';
import type { LastRehearsal } from '@headgate/rehearsal/story/last-rehearsal';
import { rehearse } from '@headgate/rehearsal/story/rehearse';
import type { StoryResult } from '@headgate/rehearsal/story/result';
import { type HostProcess, print } from './host-process.js';
import { findInstallation, findNode, findProgram } from './installation.js';
import type { Progress } from './progress.js';
import type { RehearseOrder } from './rehearse-arguments.js';

export type Shown = Pick<Progress, 'watcher' | 'onChange'>;

export interface Playing {
  readonly application: Application;
  /** Where everything is written. */
  readonly directory: string;
  readonly shown: Shown;
  /** Null: a failure ends the story. */
  readonly pauses: Pauses | null;
  /** Where the rehearsal is kept for the next one; null for nowhere. */
  readonly keepIn: string | null;
  /** What to go on from. */
  readonly last: LastRehearsal | null;
}

/** Gives `work` a folder of its own, or the one that `make` makes; it is removed afterwards unless it is to be kept. */
export async function inFolder<T>(
  order: RehearseOrder,
  host: HostProcess,
  work: (directory: string) => Promise<T>,
  make: () => Promise<string> = () => mkdtemp(join(tmpdir(), 'headgate-')),
): Promise<T> {
  const directory = await make();
  try {
    return await work(directory);
  } finally {
    if (order.keep) print(host.stderr, [`Kept: ${directory}`]);
    else await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

export function play(
  order: RehearseOrder,
  host: HostProcess,
  { application, directory, shown, pauses, keepIn, last }: Playing,
): Promise<StoryResult> {
  const installation = findInstallation(host.script);
  return rehearse({
    application,
    directory,
    installation,
    node: findNode(installation, host.node),
    programs: {
      registry: findProgram(['docker-registry', 'registry'], host.env['PATH']),
      proxy: findProgram(['haproxy'], host.env['PATH']),
    },
    env: host.env,
    variables: order.variables,
    actionsDirectory: order.actions === null ? null : resolve(host.directory, order.actions),
    http: createHttp(),
    run: (command, options) => runCommand(command, { signal: host.signal, ...options }),
    clock: systemClock,
    signal: host.signal,
    onChange: shown.onChange,
    watcher: shown.watcher,
    loadScript: { file: host.script, args: ['load-generator'] },
    ...(pauses === null ? {} : { pauses }),
    ...(last === null ? {} : { last }),
    keepIn,
    warn: (message) => print(host.stderr, [`headgate: ${message}`]),
  });
}

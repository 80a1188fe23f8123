// The place of a rehearsal: real parts, GitHub's double and the workflow engine, started together and ended together.
import { join } from 'node:path';
import type { Clock } from '@headgate/kit/clock';
import { childEnvironment, type Environment } from '@headgate/kit/environment';
import type { Http } from '@headgate/kit/http';
import type { RunCommand } from '@headgate/kit/process';
import { createEngine, type Engine } from '../engine/engine.js';
import { startGitHub } from '../github/host.js';
import type { Social } from '../github/social.js';
import type { GitHubHost, JobState, RaisedEvent, RunState } from '../model.js';
import { editedFolders, type SeededFolder } from '../parts/git-edits.js';
import type { Pauses } from '../runner/pauses.js';
import type { Application } from './application.js';
import { checkPorts, type LastRehearsal } from './last-rehearsal.js';
import { openPausing } from './pausing.js';
import { connectEvents } from './raised-events.js';
import { type Parts, startParts } from './real-parts.js';
import { addRepositories, owner } from './repositories.js';
import { type Roles, rolesOf } from './roles.js';

export interface SettingOptions {
  readonly application: Application;
  /** An empty folder for everything that is written. */
  readonly directory: string;
  /** Headgate's own files: callable workflows and bundles. */
  readonly installation: string;
  /** The Node 24 binary that actions run on. */
  readonly node: string;
  readonly programs: { readonly registry: string; readonly proxy: string };
  readonly env: Environment;
  /** Repository variables besides those of the real parts; they win. */
  readonly variables: ReadonlyMap<string, string>;
  readonly actionsDirectory: string | null;
  readonly http: Http;
  readonly run: RunCommand;
  readonly clock: Clock;
  readonly onChange: (run: RunState, job?: JobState) => void;
  /** With it failed steps wait, and `headgate retry` finds them. */
  readonly pauses?: Pauses;
  /** The rehearsal to go on from, and what of its runs counts. */
  readonly last?: LastRehearsal;
}

export interface Setting extends Parts {
  readonly repository: string;
  readonly host: GitHubHost & Social;
  readonly engine: Engine;
  readonly raised: readonly RaisedEvent[];
  readonly roles: Roles;
  /** What the repositories were made of. */
  readonly folders: ReadonlyMap<string, SeededFolder>;
  /** The clock strikes: a schedule with this cron expression is due, on the default branch's newest commit. */
  strike(cron: string, sha: string): void;
  /** Waits until what was raised and asked for so far is handled: its runs have begun. */
  handled(): Promise<void>;
  /** Waits until what was raised so far is handled and nothing runs any more. */
  idle(): Promise<void>;
  /** Ends everything and removes containers and images of this rehearsal; the folder stays. */
  close(): Promise<void>;
}

/** Starts everything, or ends what was started and rejects. */
export async function openSetting(options: SettingOptions): Promise<Setting> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    const errors: unknown[] = [];
    while (closers.length > 0)
      await closers
        .pop()?.()
        .catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  };
  try {
    return await open(options, closers, close);
  } catch (error) {
    // The first failure is the cause; what cleaning up adds to it would hide it.
    await close().catch(() => undefined);
    throw error;
  }
}

async function open(
  options: SettingOptions,
  closers: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<Setting> {
  const { last } = options;
  if (last !== undefined) await checkPorts(last.ports);
  const roles = rolesOf(options.application.configuration);
  const parts = await startParts(options, roles, closers);
  const host = await startGitHub({
    directory: join(options.directory, 'github'),
    clock: options.clock,
    ...(last === undefined ? {} : { lastId: last.lastId, port: last.ports.github }),
  });
  closers.push(() => host.close());
  for (const [slug, members] of Object.entries(options.application.story.teams)) {
    host.addTeam(owner, slug, members);
  }
  const { repository, folders } = await addRepositories(options, host, parts);
  const pausing = await openPausing(options, folders, closers);
  const engine = createEngine({
    host,
    workDirectory: join(options.directory, 'runner'),
    node: options.node,
    environment: { ...childEnvironment(options.env), NODE_EXTRA_CA_CERTS: parts.authorityFile },
    clock: options.clock,
    onChange: options.onChange,
    ...(options.actionsDirectory === null ? {} : { actionsDirectory: options.actionsDirectory }),
    ...(pausing === null ? {} : { pausing }),
    ...(last === undefined ? {} : { kept: last.runs, laidOver: editedFolders(folders, options.run) }),
  });
  closers.push(() => engine.close());
  return {
    repository,
    host,
    engine,
    ...connectEvents(host, engine, repository),
    ...parts,
    roles,
    folders,
    close,
  };
}

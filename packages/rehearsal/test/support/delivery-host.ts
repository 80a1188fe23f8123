// The GitHub double and the engine together, as a rehearsal connects them, with one repository to push to.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '@headgate/kit/clock';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { startGitHub } from '../../src/github/host.js';
import type { RunState } from '../../src/model.js';
import type { RepositorySettings } from '../../src/repository-settings.js';
import { settingsOf } from './host.js';
import { repository } from './rehearsal.js';

export interface DeliveryHost {
  readonly root: string;
  readonly host: Awaited<ReturnType<typeof startGitHub>>;
  readonly engine: Engine;
  /** Pushes one commit with these files to master as `ann`, an administrator; the commit. */
  push(files: Readonly<Record<string, string>>): Promise<string>;
  /** All runs that were started so far, oldest first. */
  started(): Promise<readonly RunState[]>;
  close(): Promise<void>;
}

export async function openDeliveryHost(settings: Partial<RepositorySettings> = {}): Promise<DeliveryHost> {
  const root = mkdtempSync(join(tmpdir(), 'headgate-delivery-'));
  const host = await startGitHub({ directory: join(root, 'github'), clock: systemClock });
  await host.addRepository(settingsOf(repository, { defaultBranch: 'master', ...settings }));
  const engine = createEngine({
    host,
    workDirectory: join(root, 'runner'),
    node: process.execPath,
    environment: { PATH: process.env['PATH'] ?? '', HOME: root },
    clock: systemClock,
  });
  const handled: Promise<readonly RunState[]>[] = [];
  host.onEvent((event) => void handled.push(engine.handle(event)));
  host.onRunRequest(({ runId, login }) => {
    handled.push(engine.rerun(runId, 'failed', login).then(() => []));
  });
  const work = join(root, 'work');
  // The server lives in this process: git must not block it.
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd: work, encoding: 'utf8', timeout: 15_000 })).stdout;
  return {
    root,
    host,
    engine,
    async push(files) {
      const ann = host.person('ann', { role: 'admin' });
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(work, path)), { recursive: true });
        writeFileSync(join(work, path), text);
      }
      await git('init', '-q', '-b', 'master');
      await git('config', 'user.name', ann.identity.name);
      await git('config', 'user.email', ann.identity.email);
      await git('add', '.');
      await git('commit', '-q', '-m', 'change');
      await git('push', '-q', ann.remote(repository), 'master');
      return (await git('rev-parse', 'HEAD')).trim();
    },
    started: async () => (await Promise.all(handled)).flat(),
    async close() {
      await engine.close();
      await host.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

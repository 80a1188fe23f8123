// A BuildKit of its own behind the remote driver of a newer buildx, which stands in a docker configuration of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp } from '@headgate/kit/http';
import { runCommand, startCommand } from '@headgate/kit/process';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { findLacking } from './real-tools.js';

const buildx = process.env['HEADGATE_BUILDX'] ?? '';
const buildkitd = process.env['HEADGATE_BUILDKITD'] ?? '';
/** The private engine brings a runc of its own; an engine of the machine has it where the machine keeps it. */
const path = [
  join(process.env['DOCKER_CONFIG'] ?? '', '..', 'support', 'bin'),
  process.env['PATH'] ?? '',
  '/usr/sbin',
].join(':');

export interface OwnBuildKit {
  /** Name of the builder. */
  readonly builder: string;
  docker(...args: readonly string[]): string;
  /** Whose children find the newer buildx. */
  deps(workspace: string, env?: Readonly<Record<string, string>>): TestDeps;
  stop(): Promise<void>;
}

/** What keeps it from being started here; null when nothing does. */
export function findLackingBuildKit(): string | null {
  const lacking = findLacking();
  if (lacking !== null) return lacking;
  for (const file of [buildx, buildkitd])
    if (!existsSync(file)) return 'HEADGATE_BUILDX or HEADGATE_BUILDKITD is not there';
  return path.split(':').some((folder) => existsSync(join(folder, 'runc'))) ? null : 'there is no runc';
}

export async function startBuildKit(): Promise<OwnBuildKit> {
  const builder = `headgate-test-${process.pid}`;
  const config = mkdtempSync(join(tmpdir(), 'headgate-buildx-'));
  const own = process.env['DOCKER_CONFIG'];
  if (own !== undefined && existsSync(join(own, 'config.json')))
    cpSync(join(own, 'config.json'), join(config, 'config.json'));
  mkdirSync(join(config, 'cli-plugins'));
  symlinkSync(buildx, join(config, 'cli-plugins', 'docker-buildx'));
  const daemon = await startDaemon(config);
  const env = { DOCKER_CONFIG: config };
  const docker = (...args: readonly string[]): string =>
    execFileSync('docker', [...args], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      stdio: 'pipe',
    });
  docker(
    'buildx',
    'create',
    '--name',
    builder,
    '--driver',
    'remote',
    `unix://${join(config, 'buildkitd.sock')}`,
  );
  return {
    builder,
    docker,
    deps: (workspace, given = {}) =>
      createTestDeps({
        run: (command, options) => runCommand({ ...command, env: { ...command.env, ...env } }, options),
        start: (command, signal) => startCommand({ ...command, env: { ...command.env, ...env } }, signal),
        http: createHttp(),
        env: { ...env, ...given },
        context: createTestContext({ workspace }),
      }),
    async stop() {
      docker('buildx', 'rm', '--keep-daemon', builder);
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await ended;
      rmSync(config, { recursive: true, force: true });
    },
  };
}

async function startDaemon(folder: string): Promise<ChildProcess> {
  const args = [`--addr=unix://${join(folder, 'buildkitd.sock')}`, `--root=${join(folder, 'root')}`];
  const options = ['--containerd-worker=false', '--oci-worker-snapshotter=native', '--oci-worker-net=host'];
  const daemon = spawn(buildkitd, [...args, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: path },
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    daemon.once('error', reject);
    daemon.once('exit', (code) => reject(new Error(`buildkitd ended with ${code}: ${said.slice(-500)}`)));
    daemon.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('running server on')) resolve();
    });
  });
  return daemon;
}

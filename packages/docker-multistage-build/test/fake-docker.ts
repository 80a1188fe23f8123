// A `docker` executable that plays a script and writes down how it was called.
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { runCommand, startCommand } from '@headgate/kit/process';
import { node24 } from '@headgate/kit/testing/action';

export interface DockerScript {
  /** Null: the engine does not answer. */
  readonly server?: string | null;
  /** Null: no plugin. */
  readonly buildx?: string | null;
  readonly driver?: string;
  readonly containerd?: boolean;
  /** By `--target`; `''` for the last stage. Absent ones succeed silently. */
  readonly builds?: Readonly<Record<string, ScriptedBuild>>;
  /** Copied to where the image build is told to write. */
  readonly layout?: string;
  /** Reported instead of the layout's digest. */
  readonly reportedDigest?: string;
}

export interface ScriptedBuild {
  readonly output?: string;
  readonly code?: number;
  /** Runs until it is told to stop. */
  readonly hang?: boolean;
}

export interface DockerCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What `--secret` files held and their modes. */
  readonly secrets: readonly { readonly path: string; readonly mode: number; readonly content: string }[];
}

export interface FakeDocker extends Pick<Deps, 'run' | 'start'> {
  /** Put it in front of PATH to be found as `docker`. */
  readonly directory: string;
  calls(): readonly DockerCall[];
  /** The calls that were builds. */
  builds(): readonly DockerCall[];
}

export function makeFakeDocker(script: DockerScript = {}): FakeDocker {
  const directory = mkdtempSync(join(tmpdir(), 'headgate-docker-'));
  const file = join(directory, 'docker');
  writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}');
  writeFileSync(join(directory, 'script.json'), JSON.stringify(script));
  writeFileSync(file, `#!${node24()}\n(${play.toString()})(require, __dirname);\n`);
  chmodSync(file, 0o755);
  const record = join(directory, 'calls.jsonl');
  const PATH = `${directory}:${process.env['PATH'] ?? ''}`;
  const calls = (): readonly DockerCall[] =>
    existsSync(record)
      ? readFileSync(record, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as DockerCall)
      : [];
  return {
    directory,
    run: (command, options) => runCommand({ ...command, env: { ...command.env, PATH } }, options),
    start: (command, signal) => startCommand({ ...command, env: { ...command.env, PATH } }, signal),
    calls,
    builds: () => calls().filter((call) => call.args[1] === 'build'),
  };
}

/** Runs inside the fake: plain JavaScript, nothing from outside but its two arguments. */
function play(require: NodeJS.Require, directory: string): void {
  const fs = require('node:fs') as typeof import('node:fs');
  const script = JSON.parse(fs.readFileSync(`${directory}/script.json`, 'utf8')) as DockerScript;
  const args = process.argv.slice(2);
  const option = (name: string): string => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
  const secrets = args
    .filter((arg) => arg.startsWith('--secret='))
    .map((arg) => /src=([^,]+)/.exec(arg)?.[1] ?? '')
    .map((path) => ({ path, mode: fs.statSync(path).mode & 0o777, content: fs.readFileSync(path, 'utf8') }));
  fs.appendFileSync(`${directory}/calls.jsonl`, `${JSON.stringify({ args, env: process.env, secrets })}\n`);
  const say = (text: string | null | undefined): void => {
    if (text === null || text === undefined) {
      process.stderr.write('no answer\n');
      process.exitCode = 1;
    } else process.stdout.write(`${text}\n`);
  };
  const or = <T>(value: T | undefined, other: T): T => (value === undefined ? other : value);
  if (args[0] === 'version') return say(script.server === null ? null : JSON.stringify(or(script.server, '26.1.5')));
  if (args[0] === 'info') return say(script.containerd === false ? '[]' : '[["driver-type","io.containerd.snapshotter.v1"]]');
  if (args[1] === 'version') return say(script.buildx === null ? null : `github.com/docker/buildx ${or(script.buildx, '0.13.1+ds1')} 0.13.1`);
  if (args[1] === 'inspect') return say(`Name:   default\nDriver: ${or(script.driver, 'docker')}`);
  const build = or(script.builds?.[option('target')], {});
  process.stderr.write(or(build.output, ''));
  if (build.hang === true) {
    const timer = setInterval(() => undefined, 1000);
    process.on('SIGINT', () => {
      clearInterval(timer);
      process.stderr.write('ERROR: failed to solve: Canceled: context canceled\n');
      process.exitCode = 1;
    });
    process.stderr.write('waiting\n');
    return;
  }
  process.exitCode = or(build.code, 0);
  const destination = /dest=([^,]+)/.exec(option('output'))?.[1];
  if (destination === undefined || process.exitCode !== 0) return;
  fs.cpSync(or(script.layout, ''), destination, { recursive: true });
  const index = JSON.parse(fs.readFileSync(`${destination}/index.json`, 'utf8')) as { manifests: { digest: string }[] };
  const digest = or(script.reportedDigest, index.manifests[0]?.digest ?? '');
  fs.writeFileSync(option('metadata-file'), JSON.stringify({ 'containerimage.digest': digest }, null, 2));
}

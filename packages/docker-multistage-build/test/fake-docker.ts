// A `docker` executable that plays a script and writes down how it was called.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { runCommand, startCommand } from '@headgate/kit/process';
import { node24 } from '@headgate/kit/testing/action';
import { testFolder } from '@headgate/kit/testing/folder';

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
  /** What buildx and the builder remember of builds; nothing unless given. */
  readonly history?: ScriptedHistory;
}

export interface ScriptedHistory {
  /** Where buildx writes its references down: the folder that BUILDX_CONFIG names. */
  readonly folder: string;
  /** What an exported record holds, compressed; null: the builder refuses to export one. */
  readonly record: string | null;
  /** Whether it is compressed, as it is unless said. */
  readonly packed?: boolean;
}

export interface ScriptedBuild {
  readonly output?: string;
  readonly code?: number;
  /** Runs until it is told to stop. */
  readonly hang?: boolean;
  /** Ends itself with this signal after its output. */
  readonly dies?: NodeJS.Signals;
  /** What the stage holds, by path: written where `--output=type=local` says. */
  readonly files?: Readonly<Record<string, string>>;
  /** Does not heed SIGINT while it hangs. */
  readonly stubborn?: boolean;
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
  const directory = testFolder('headgate-docker-');
  const file = join(directory, 'docker');
  writeFileSync(join(directory, 'script.json'), JSON.stringify(script));
  const program = new URL('fake-docker-program.mjs', import.meta.url).href;
  const wrapper = `process.argv.splice(2, 0, ${JSON.stringify(directory)}); import(${JSON.stringify(program)});`;
  writeFileSync(
    file,
    `#!${node24()}
${wrapper}
`,
  );
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

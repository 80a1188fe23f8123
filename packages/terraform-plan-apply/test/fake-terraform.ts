// A `terraform` executable that plays a script and writes down how it was called.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { runCommand, startCommand } from '@headgate/kit/process';
import { node24 } from '@headgate/kit/testing/action';
import { testFolder } from '@headgate/kit/testing/folder';
import { zipSync } from 'fflate';

export interface TerraformScript {
  readonly version?: string;
  /** Members of `show -json` beside the format. */
  readonly plan?: Readonly<Record<string, unknown>>;
  /** The state the plan was made on, and the one in the backend; none unless said. */
  readonly state?: { readonly serial: number; readonly lineage: string };
  readonly outputs?: Readonly<Record<string, { readonly sensitive: boolean; readonly value: unknown }>>;
  /** By command; absent ones succeed. */
  readonly commands?: Readonly<Record<string, ScriptedCommand>>;
}

export interface ScriptedCommand {
  readonly code?: number;
  readonly output?: string;
  /** Files it leaves in its directory, by name. */
  readonly leaves?: Readonly<Record<string, string>>;
  /** Runs until it is told to stop. */
  readonly hang?: boolean;
  /** Milliseconds a hanging command takes to end after its signal; 300 unless said. */
  readonly stopsAfterMs?: number;
}

export interface TerraformCall {
  readonly args: readonly string[];
  /** What the variable files in JSON said. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
}

export interface FakeTerraform extends Pick<Deps, 'run' | 'start'> {
  readonly directory: string;
  /** In front of it, it is found as `terraform`. */
  readonly PATH: string;
  calls(command?: string): readonly TerraformCall[];
  /** Signals that a hanging command got. */
  signals(): readonly string[];
}

export function makeFakeTerraform(script: TerraformScript = {}): FakeTerraform {
  const directory = testFolder('headgate-terraform-fake-');
  const { state = { serial: 0, lineage: '' } } = script;
  writeFileSync(join(directory, 'script.json'), JSON.stringify(script));
  writeFileSync(join(directory, 'show.json'), JSON.stringify({ format_version: '1.2', ...script.plan }));
  writeFileSync(join(directory, 'plan.zip'), zipSync({ tfstate: Buffer.from(JSON.stringify(state)) }));
  if (state.lineage !== '') writeFileSync(join(directory, 'state.json'), JSON.stringify(state));
  const program = new URL('fake-terraform-program.mjs', import.meta.url).href;
  const wrapper = `process.argv.splice(2, 0, ${JSON.stringify(directory)}); import(${JSON.stringify(program)});`;
  for (const name of ['terraform', 'tofu']) {
    writeFileSync(join(directory, name), `#!${node24()}\n${wrapper}\n`);
    chmodSync(join(directory, name), 0o755);
  }
  const PATH = `${directory}:${process.env['PATH'] ?? ''}`;
  const linesOf = (name: string): readonly string[] =>
    existsSync(join(directory, name)) ? readFileSync(join(directory, name), 'utf8').trim().split('\n') : [];
  return {
    directory,
    PATH,
    run: (command, options) => runCommand({ ...command, env: { ...command.env, PATH } }, options),
    start: (command, signal) => startCommand({ ...command, env: { ...command.env, PATH } }, signal),
    calls: (command) =>
      linesOf('calls.jsonl')
        .map((line) => JSON.parse(line) as TerraformCall)
        .filter(({ args }) => command === undefined || args[0] === command),
    signals: () => linesOf('signals'),
  };
}

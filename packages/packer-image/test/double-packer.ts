// A packer that does what a test says: a real child process that prints, writes a manifest, waits for its signal.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Behaviour {
  readonly version?: string;
  /** Lines printed and the exit code, by subcommand; nothing and 0 unless said. */
  readonly print?: Readonly<Partial<Record<'init' | 'validate' | 'build', readonly string[]>>>;
  readonly exit?: Readonly<Partial<Record<'init' | 'validate' | 'build', number>>>;
  /** Written by build, if given. */
  readonly manifest?: unknown;
  /** File written by build: name → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** build waits for a SIGTERM and then ends with 1. */
  readonly waits?: boolean;
}

export interface DoublePacker {
  /** To put in front of PATH. */
  readonly bin: string;
  readonly workspace: string;
  /** Arguments of each call, then each signal as `['SIGTERM']`. */
  calls(): readonly (readonly string[])[];
  /** PKR_VAR_* of the last build. */
  variables(): Readonly<Record<string, string>>;
  remove(): void;
}

const script = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const plan = JSON.parse(readFileSync(new URL('plan.json', import.meta.url), 'utf8'));
const note = (what) => appendFileSync(new URL('calls', import.meta.url), JSON.stringify(what) + '\\n');
const args = process.argv.slice(2);
note(args);
const [step] = args;
if (step === 'version') {
  console.log('Packer v' + (plan.version ?? '1.6.6'));
} else {
  if (step === 'build') {
    const own = Object.entries(process.env).filter(([name]) => name.startsWith('PKR_VAR_'));
    writeFileSync(new URL('variables', import.meta.url), JSON.stringify(Object.fromEntries(own)));
    for (const [name, text] of Object.entries(plan.files ?? {})) writeFileSync(name, text);
    if (plan.manifest !== undefined) writeFileSync('packer-manifest.json', JSON.stringify(plan.manifest));
  }
  for (const line of plan.print?.[step] ?? []) console.log(line);
  process.exitCode = plan.exit?.[step] ?? 0;
  if (step === 'build' && plan.waits) {
    const timer = setInterval(() => undefined, 1000);
    process.on('SIGTERM', () => { note(['SIGTERM']); clearInterval(timer); process.exitCode = 1; });
    for (const other of ['SIGINT', 'SIGHUP']) process.on(other, () => note([other]));
    console.log('1,,ui,say,waiting');
  }
}
`;

export function makePacker(behaviour: Behaviour): DoublePacker {
  const root = mkdtempSync(join(tmpdir(), 'headgate-packer-'));
  const [bin, workspace] = [join(root, 'bin'), join(root, 'workspace')];
  for (const folder of [bin, workspace]) mkdirSync(folder);
  writeFileSync(join(bin, 'packer.mjs'), script);
  writeFileSync(join(bin, 'plan.json'), JSON.stringify(behaviour));
  writeFileSync(join(bin, 'calls'), '');
  const starter = join(bin, 'packer');
  writeFileSync(starter, `#!/bin/sh\nexec '${process.execPath}' '${join(bin, 'packer.mjs')}' "$@"\n`);
  chmodSync(starter, 0o755);
  writeFileSync(join(workspace, 'image.pkr.hcl'), '');
  const lines = (): readonly string[] => readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n');
  return {
    bin,
    workspace,
    calls: () => lines().map((line) => JSON.parse(line) as readonly string[]),
    variables: () => JSON.parse(readFileSync(join(bin, 'variables'), 'utf8')) as Record<string, string>,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The stream's lines for one finished builder. */
export function finished(target: string, id: string, files: readonly string[] = []): readonly string[] {
  return [
    `1,,ui,say,Build '${target}' finished after 1 second.`,
    `1,${target},artifact-count,1`,
    `1,${target},artifact,0,builder-id,x`,
    `1,${target},artifact,0,id,${id}`,
    `1,${target},artifact,0,files-count,${files.length}`,
    ...files.map((file, index) => `1,${target},artifact,0,file,${index},${file}`),
    `1,${target},artifact,0,end`,
  ];
}

/** The manifest's entry for it. */
export function listed(type: string, name: string, more: object = {}): object {
  return { name, builder_type: type, files: null, artifact_id: 'Null', packer_run_uuid: 'now', ...more };
}

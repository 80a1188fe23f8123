// nektos/act as a process, in host mode.
import { spawn, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import type { Line } from './facts.js';

const act = 'act';

/** Why act cannot be used here; null when it can. The differences are those of this version. */
export function whyNot(): string | null {
  const { status, stdout } = spawnSync(act, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0)
    return `${act} does not answer; set-up builds it where Go is: go install github.com/nektos/act@v0.2.89`;
  return stdout.includes('0.2.89') ? null : `act 0.2.89 is wanted, this is ${stdout.trim()}`;
}

export interface ActRun {
  /** The checkout it runs in. */
  readonly repository: string;
  /** A folder of its own for caches. */
  readonly home: string;
  readonly event: string;
  readonly workflow: string;
  readonly args: readonly string[];
}

export interface ActEnd {
  readonly conclusion: 'success' | 'failure';
  readonly lines: readonly Line[];
  /** Everything it wrote, for messages. */
  readonly output: string;
}

export async function runAct({ repository, home, event, workflow, args }: ActRun): Promise<ActEnd> {
  const node = process.env['HEADGATE_NODE24'] ?? process.execPath;
  const env = {
    HOME: home,
    // `node24` is the first `node` on PATH.
    PATH: `${dirname(node)}:${process.env['PATH']}`,
    TMPDIR: process.env['TMPDIR'] ?? '/tmp',
  };
  const fixed = ['-P', 'ubuntu-latest=-self-hosted', '--no-cache-server', '--json', '--use-gitignore=false'];
  const child = spawn(act, [event, '-W', workflow, ...fixed, ...args], {
    cwd: repository,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const output = Buffer.concat(chunks).toString('utf8');
  return { conclusion: code === 0 ? 'success' : 'failure', lines: linesOf(output), output };
}

interface Message {
  readonly jobID?: string;
  readonly msg?: string;
  readonly raw_output?: boolean;
}

function linesOf(output: string): readonly Line[] {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { jobID = '', msg = '', raw_output: raw } = JSON.parse(line) as Message;
    return raw === true ? msg.split('\n').map((text) => ({ job: jobID, text })) : [];
  });
}

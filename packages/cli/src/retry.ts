// `headgate retry`: finds the rehearsal that is paused, has its failed step tried again, and says how that ended.
import { readdir, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { type Answer, askControl, controlName } from '@headgate/rehearsal/parts/pause-control';
import type { PausedStep } from '@headgate/rehearsal/runner/pauses';
import { pausedLines } from '@headgate/rehearsal/view/paused';
import { clean } from '@headgate/rehearsal/view/text';
import type { RetryOrder } from './arguments.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import { UsageError } from './usage-error.js';

interface Found {
  readonly socket: string;
  readonly answer: Answer;
}

export async function retryCommand(order: RetryOrder, host: HostProcess): Promise<ExitCode> {
  const { socket, answer } = chooseRehearsal(await listRehearsals(order, host));
  const step = chooseStep(answer.paused, order.job);
  const title = `${clean(step.job)}: "${clean(step.step)}"`;
  if (!order.giveUp) print(host.stdout, [`trying again ${title}`]);
  const decision = order.giveUp ? 'give-up' : 'retry';
  const end = await askControl(socket, { ask: 'decide', jobId: step.jobId, decision }, host.signal);
  switch (end?.end) {
    case 'passed':
      print(host.stdout, [`✓ ${title} passed; the rehearsal goes on`]);
      return exitCode.ok;
    case 'given-up':
      print(host.stdout, [`✗ ${title} is given up; its job fails and the rehearsal goes on`]);
      return exitCode.ok;
    case 'failed': {
      const again = end.paused.find(({ jobId }) => jobId === step.jobId) ?? step;
      print(host.stdout, pausedLines(again, ['Mend it, then type: headgate retry']));
      return exitCode.failed;
    }
    default:
      print(host.stdout, [`${title} is not paused any more; see the rehearsal's own terminal`]);
      return exitCode.failed;
  }
}

/** Folders of rehearsals of this user that listen; or the one that was named. */
async function listRehearsals(order: RetryOrder, host: HostProcess): Promise<readonly Found[]> {
  const folders = order.run === null ? await ownFolders() : [resolve(host.directory, order.run)];
  const found: Found[] = [];
  for (const folder of folders) {
    const socket = join(folder, controlName);
    const answer = await askControl(socket, { ask: 'list' }, host.signal);
    if (answer !== null) found.push({ socket, answer });
  }
  return found;
}

async function ownFolders(): Promise<readonly string[]> {
  const { uid } = userInfo();
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith('headgate-')).sort();
  const own: string[] = [];
  for (const name of names) {
    const folder = join(tmpdir(), name);
    const found = await stat(join(folder, controlName)).catch(() => null);
    if (found?.isSocket() === true && found.uid === uid) own.push(folder);
  }
  return own;
}

function chooseRehearsal(rehearsals: readonly Found[]): Found {
  const paused = rehearsals.filter(({ answer }) => answer.paused.length > 0);
  const [only] = paused;
  if (only === undefined) {
    throw new UsageError(
      'no rehearsal is paused',
      'Start one with headgate rehearse --pause-on-failure; name its folder with --run if it has another TMPDIR.',
    );
  }
  if (paused.length === 1) return only;
  const places = paused.map(({ socket, answer }) => `--run ${join(socket, '..')} (${answer.application})`);
  throw new UsageError(`${paused.length} rehearsals are paused`, `Name one: ${places.join(' or ')}.`);
}

/** By its whole name, or by a part of it that only one has. */
function chooseStep(paused: readonly PausedStep[], wanted: string | null): PausedStep {
  const fits = (job: string): boolean => wanted === null || job.includes(wanted);
  const exact = paused.filter(({ job }) => job === wanted);
  const found = exact.length > 0 ? exact : paused.filter(({ job }) => fits(job));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const names = paused.map(({ job }) => JSON.stringify(job)).join(', ');
  if (only === undefined) throw new UsageError(`no paused job is called ${wanted}`, `There are: ${names}.`);
  throw new UsageError(`${found.length} jobs are paused`, `Name one: ${names}.`);
}

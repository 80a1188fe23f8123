// `headgate rehearse`: reads what is to be played, asks, plays it, reports it.
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { renderReport } from '@headgate/rehearsal/report/page';
import { createPauses, type Pauses } from '@headgate/rehearsal/runner/pauses';
import { readApplication } from '@headgate/rehearsal/story/application';
import { goOnFrom } from '@headgate/rehearsal/story/from';
import { type LastRehearsal, readLast } from '@headgate/rehearsal/story/last-rehearsal';
import { type StoryResult, toJson } from '@headgate/rehearsal/story/result';
import { renderClosing } from '@headgate/rehearsal/view/closing';
import { askConsent } from './consent.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import { openJsonFile } from './json-file.js';
import { keptFolder } from './kept.js';
import { createKeys, createTeller, editedLines, pausedBlocks, readsKeys } from './paused.js';
import { inFolder, type Playing, play } from './play.js';
import { createProgress } from './progress.js';
import type { RehearseOrder } from './rehearse-arguments.js';
import { openReportFile } from './report-file.js';
import { playStories } from './stories.js';
import { canRedraw, paintFor } from './terminal.js';
import { UsageError } from './usage-error.js';

export function rehearseCommand(order: RehearseOrder, host: HostProcess): Promise<ExitCode> {
  return order.stories.length > 1 ? playStories(order, host) : rehearseOne(order, host);
}

async function rehearseOne(order: RehearseOrder, host: HostProcess): Promise<ExitCode> {
  const folder = resolve(host.directory, order.directory);
  const story = order.stories[0] ?? null;
  const before = await keptBefore(order, host, { folder, story });
  const { last } = before;
  const json = await openJsonFile(order.json, host);
  const page = await openReportFile('--html', order.html, host);
  if (!(await askConsent(folder, order.yes, host))) return exitCode.usage;
  if (last !== null) print(host.stderr, [goesOn]);
  const rehearsed = async (directory: string): Promise<ExitCode> => {
    const application = await readApplication(folder, story, directory);
    const { result, edited } = await playShown(order, host, { application, directory, ...before });
    print(host.stdout, ['', ...renderClosing(result, paintFor(host.stdout, host.env)), ...edited]);
    if (last !== null && !takesOver(result))
      print(host.stdout, [
        'nothing was taken over: no run had a commit of the last rehearsal, or nothing had succeeded',
      ]);
    await json.write(toJson(result));
    await page.write(renderReport(result, dateOf(systemClock.now())));
    if (page.file !== null) print(host.stdout, [`report: ${page.file}`]);
    return result.ok ? exitCode.ok : exitCode.failed;
  };
  return inFolder(order, host, rehearsed, ...(last === null ? [] : [() => makeAgain(last)]));
}

const goesOn = 'It goes on from the last rehearsal: its commits, with your edits since then laid over them.';

interface Asked {
  readonly folder: string;
  readonly story: string | null;
}

/** Where this rehearsal will be kept, and what to go on from. Reads the application, so that its mistakes come first. */
async function keptBefore(
  order: RehearseOrder,
  host: HostProcess,
  { folder, story }: Asked,
): Promise<Pick<Playing, 'keepIn' | 'last'>> {
  const scratch = { ...order, keep: false };
  const application = await inFolder(scratch, host, (directory) => readApplication(folder, story, directory));
  const keepIn = await keptFolder(application, host.env);
  if (order.from === null) return { keepIn, last: null };
  return { keepIn, last: goOnFrom(order.from, keepIn === null ? null : await readLast(keepIn)) };
}

/** Paths of the last rehearsal's folder stand in what is taken over. @throws {UsageError} when it is there still */
async function makeAgain({ directory }: LastRehearsal): Promise<string> {
  await mkdir(directory, { mode: 0o700 }).catch(() => {
    throw new UsageError(
      `the folder of the last rehearsal, ${directory}, cannot be made again`,
      'Remove it (it is there after --keep, or while that rehearsal runs), or rehearse without --from.',
    );
  });
  return directory;
}

async function playShown(
  order: RehearseOrder,
  host: HostProcess,
  playing: Omit<Playing, 'shown' | 'pauses'>,
): Promise<{ readonly result: StoryResult; readonly edited: readonly string[] }> {
  const now = (): number => systemClock.now();
  const keys = createKeys(host);
  const tell = canRedraw(host.stdout, host.env) ? () => undefined : createTeller(host);
  const onPause = (changed: Pauses): void => {
    tell(changed);
    keys.update(changed);
  };
  const pauses = order.pauseOnFailure ? createPauses(now, onPause) : null;
  const progress = createProgress({
    story: playing.application.story,
    output: host.stdout,
    env: host.env,
    now,
    paused: () => (pauses === null ? [] : pausedBlocks(pauses, readsKeys(host))),
  });
  try {
    const result = await play(order, host, { ...playing, shown: progress, pauses });
    return { result, edited: pauses === null ? [] : editedLines(pauses) };
  } finally {
    keys.end();
    progress.end();
  }
}

function takesOver({ steps }: StoryResult): boolean {
  return steps.some(({ runs }) => runs.some(({ jobs }) => jobs.some(({ reused }) => reused === true)));
}

/** `2026-11-21 08:40 UTC` */
function dateOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

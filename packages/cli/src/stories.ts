// Several stories, as many at a time as are asked for: a line for each, and everything about those that were not as expected.
import { resolve } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { readApplication } from '@headgate/rehearsal/story/application';
import type { StoryResult } from '@headgate/rehearsal/story/result';
import { renderClosing, verdict } from '@headgate/rehearsal/view/closing';
import { duration } from '@headgate/rehearsal/view/text';
import { askConsent } from './consent.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import { inFolder, play, type Shown } from './play.js';
import type { RehearseOrder } from './rehearse-arguments.js';
import { paintFor } from './terminal.js';

/** Only the end of each story is told. */
const silent: Shown = {
  watcher: { stepBegan: () => undefined, stepEnded: () => undefined, loadOf: () => undefined },
  onChange: () => undefined,
};

/** All of them can be read, or none is played; one that is not as expected stops none of the others. */
export async function playStories(order: RehearseOrder, host: HostProcess): Promise<ExitCode> {
  const folder = resolve(host.directory, order.directory);
  await inFolder({ ...order, keep: false }, host, async (scratch) => {
    for (const story of order.stories) await readApplication(folder, story, scratch);
  });
  if (!(await askConsent(folder, order.yes, host))) return exitCode.usage;
  const began = systemClock.now();
  const failed = await playInLanes(order, host, folder);
  const count = order.stories.length;
  const found = failed === 0 ? 'all as expected' : `${failed} not as expected`;
  const took = duration(Math.round((systemClock.now() - began) / 100) / 10);
  print(host.stdout, [`${count} stories, ${found}, ${took}`]);
  return failed === 0 ? exitCode.ok : exitCode.failed;
}

/** So many at a time as were asked for, the next when one has ended. @returns how many were not as expected */
async function playInLanes(order: RehearseOrder, host: HostProcess, folder: string): Promise<number> {
  const waiting = [...order.stories];
  let failed = 0;
  const lane = async (): Promise<void> => {
    for (let story = waiting.shift(); story !== undefined; story = waiting.shift()) {
      const result = await playSilently(story, { order, host, folder });
      const paint = paintFor(host.stdout, host.env);
      print(host.stdout, result.ok ? [verdict(result, paint)] : ['', ...renderClosing(result, paint), '']);
      failed += result.ok ? 0 : 1;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: order.jobs }, lane));
  const broken = lanes.find((each) => each.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return failed;
}

interface Silent {
  readonly order: RehearseOrder;
  readonly host: HostProcess;
  readonly folder: string;
}

function playSilently(story: string, { order, host, folder }: Silent): Promise<StoryResult> {
  return inFolder(order, host, async (directory) => {
    const application = await readApplication(folder, story, directory);
    const alone = { pauses: null, keepIn: null, last: null };
    return play(order, host, { application, directory, shown: silent, ...alone });
  });
}

// The delivery record of a run, read from the artifact that the run left.

import type { DeliveryRecord } from '@headgate/kit/record';
import { parseRecord } from '@headgate/kit/record';
import { unzipSync } from 'fflate';
import type { RunState } from '../model.js';
import type { StoryWorld } from './world.js';

/** The newest record that one of the runs left; null when none did. */
export function deliveredRecord(
  world: Pick<StoryWorld, 'artifacts'>,
  runs: readonly RunState[],
): DeliveryRecord | null {
  const zips = runs.flatMap((run) => world.artifacts(run.id, 'headgate-record-'));
  const newest = zips.at(-1);
  if (newest === undefined) return null;
  const [file] = Object.values(unzipSync(newest));
  return file === undefined ? null : parseRecord(JSON.parse(new TextDecoder().decode(file)));
}

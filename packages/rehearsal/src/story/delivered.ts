// The delivery record of a run, read from the artifact that the run left.

import type { DeliveryRecord } from '@headgate/kit/record';
import { parseRecord } from '@headgate/kit/record';
import { unzipSync } from 'fflate';
import type { RunState } from '../model.js';
import type { StoryWorld } from './world.js';

/** The newest record of the first of the runs that left one: what it started in turn (a merge back) is not the delivery. */
export function deliveredRecord(
  world: Pick<StoryWorld, 'artifacts'>,
  runs: readonly RunState[],
): DeliveryRecord | null {
  const records = runs.map((run) => world.artifacts(run.id, 'headgate-record-'));
  const newest = records.find((zips) => zips.length > 0)?.at(-1);
  if (newest === undefined) return null;
  const [file] = Object.values(unzipSync(newest));
  return file === undefined ? null : parseRecord(JSON.parse(new TextDecoder().decode(file)));
}

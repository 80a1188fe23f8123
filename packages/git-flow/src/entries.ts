// The entries that the legs of this run left as artifacts.
import { readArtifactJson } from '@headgate/kit/artifacts';
import type { GitHub } from '@headgate/kit/github';
import { type Entry, parseEntry } from '@headgate/kit/record';
import { failure } from './failures.js';
import type { WantedLeg } from './wanted-legs.js';

interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly expired: boolean;
}

export interface EntryQuestion {
  readonly runId: number;
  /** Legs whose entries are wanted; others are not looked at. */
  readonly legs: readonly WantedLeg[];
  /** Entries of attempts before this one do not count. */
  readonly firstAttempt: number;
}

const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
const namePattern = /^headgate-entry-([a-z-]+)-([0-9a-f]{12})-([1-9][0-9]{0,3})$/;

/**
 * Reads every attempt's entry of the legs. Needs `actions: read`.
 * @throws {ActionError} `leg-missing` when an entry is not that of the leg it is named after; `invalid-record`.
 */
export async function readEntries(github: GitHub, question: EntryQuestion): Promise<readonly Entry[]> {
  if (question.legs.length === 0) return [];
  const artifacts = await github.paginate<Artifact>(route, { run_id: question.runId }, 'artifacts');
  const entries: Entry[] = [];
  for (const { id, name, expired } of artifacts) {
    const found = namePattern.exec(name);
    const attempt = Number(found?.[3]);
    const leg = question.legs.find((wanted) => wanted.stage === found?.[1] && wanted.leg === found[2]);
    if (found === null || leg === undefined || expired || attempt < question.firstAttempt) continue;
    const entry = parseEntry(await readArtifactJson(github, id));
    if (!belongs(entry, leg, attempt)) throw foreign(name, leg);
    entries.push(entry);
  }
  return entries;
}

function belongs(entry: Entry, leg: WantedLeg, attempt: number): boolean {
  const sameLeg = entry.stage === leg.stage && entry.leg === leg.leg && entry.name === leg.name;
  return sameLeg && entry.attempt === attempt;
}

function foreign(artifact: string, leg: WantedLeg): Error {
  const message = `the artifact ${artifact} was expected to hold the entry of ${leg.stage} ${leg.name}; it holds another one`;
  return failure(
    'leg-missing',
    message,
    'Re-run all jobs; only the actions themselves may upload headgate-entry-* artifacts.',
  );
}

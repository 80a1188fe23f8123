// How a run or a job enters the concurrency group that its file names.
import type { ConcurrencyGroups, GroupAnswer, GroupRequest } from './concurrency.js';
import { toText } from './data.js';
import type { Scope } from './expression.js';
import { problem } from './problem.js';
import { evaluateTemplate, placeOf, type Template } from './template.js';

export interface Entry extends Pick<GroupRequest, 'held' | 'signal' | 'cancel'> {
  readonly groups: ConcurrencyGroups;
  readonly scope: Scope;
  readonly repository: string;
  /** Called before the waiting begins. */
  readonly waiting: () => void;
}

export interface Entered {
  readonly answer: GroupAnswer;
  /** What those below may not wait for. */
  readonly held: readonly string[];
}

function settingOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  return { group: toText(value) };
}

/** Waits for the group; without one, or with an empty name, it is entered at once. */
export async function enterGroup(template: Template | null, entry: Entry): Promise<Entered> {
  const setting = template === null ? {} : settingOf(evaluateTemplate(template, entry.scope));
  const group = toText(setting['group']);
  if (template === null || group === '') {
    return { answer: { kind: 'acquired', release: () => undefined }, held: entry.held };
  }
  const key = `${entry.repository}:${group}`;
  const cancelInProgress = toText(setting['cancel-in-progress']) === 'true';
  const queue = setting['queue'] === 'max' ? ('max' as const) : ('single' as const);
  if (queue === 'max' && cancelInProgress) {
    throw problem(
      'startup-failure',
      `${placeOf(template.at)}: queue: max cannot be combined with cancel-in-progress: true`,
      'Drop one of the two.',
    );
  }
  entry.waiting();
  const { held, signal, cancel } = entry;
  const answer = await entry.groups.acquire({ key, cancelInProgress, queue, held, signal, cancel });
  return { answer, held: [...held, key] };
}

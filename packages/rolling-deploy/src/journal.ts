// What one run is about to do on a host, kept in a file beside its lease: written before each step that changes something,
// gone when nothing of it is left to do or undo.
import type { Clock } from '@headgate/kit/clock';
import type { Lock } from './held-lock.js';
import { type JournalEntry, readJournal } from './journal-text.js';
import { unusable } from './lock-errors.js';
import type { StepKind } from './steps.js';
import type { HostFiles } from './transport.js';
import type { Hand } from './undo.js';

export interface JournalOptions {
  readonly files: HostFiles;
  readonly clock: Clock;
  readonly path: string;
  readonly lock: Pick<Lock, 'generation' | 'hold'>;
  readonly owner: string;
  readonly url: string;
  /** Names of all hosts of the target. */
  readonly hosts: readonly string[];
}

/** What is deployed; no more than people may read. */
export type JournalRelease = Pick<JournalEntry, 'revision' | 'digest' | 'strategy'>;

export interface Journal {
  /** What another run left unfinished here; null when none did. */
  readonly lost: JournalEntry | null;
  /** What could not be read of it, one sentence each. */
  readonly notices: readonly string[];
  /** Writes that this step comes now. @throws {DeployError} lock-unusable, locked */
  note(kind: JournalEntry['step']['kind'], subject: string): Promise<void>;
  /** From the next note on it is about this release; what was lost is dealt with. */
  begin(release: JournalRelease): void;
  /** From the next note on this is what would have to be undone. */
  keep(hand: Hand | null): void;
  /** What is in hand is left as it is on purpose. */
  hold(): Promise<void>;
  /** Removes it, unless something is left in hand. */
  close(): Promise<void>;
}

/** Steps that change nothing on the host, or nothing of the service. */
const quiet: ReadonlySet<string> = new Set<StepKind>(['read', 'test', 'run']);

/** What was lost stays in the file until `begin`. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { files, clock, path, lock } = options;
  const found = readJournal(await files.read(path));
  await files.sweep(path).catch(() => undefined);
  const lost = found.kind === 'entry' ? found.entry : null;
  const none: JournalRelease = { revision: '', digest: '', strategy: '' };
  const now: Page = {
    release: lost ?? none,
    hand: lost?.hand ?? null,
    step: { kind: 'begin', subject: '', at: clock.now() },
  };
  const inTurn = createTurns();
  const write = async (state: JournalEntry['state']): Promise<void> => {
    await lock.hold();
    const text = JSON.stringify(entryOf(state, now, options));
    await files.replace(path, text).catch((cause: unknown) => {
      throw unusable('journal', path, cause);
    });
  };
  const unreadable = `the journal ${path} is not readable`;
  return {
    lost,
    notices:
      found.kind === 'unreadable'
        ? [`${unreadable}, ${found.why}: what is there is read from the containers`]
        : [],
    note: (kind, subject) => {
      if (quiet.has(kind)) return Promise.resolve();
      now.step = { kind, subject, at: clock.now() };
      return inTurn(() => write('open'));
    },
    begin: (release) => {
      now.release = release;
      now.hand = null;
    },
    keep: (hand) => {
      now.hand = hand;
    },
    hold: () => inTurn(() => write('held')),
    close: () =>
      inTurn(async () => {
        if (now.hand !== null) return;
        await lock.hold();
        await files.remove(path);
      }),
  };
}

/** What the next note writes. */
interface Page {
  release: JournalRelease;
  hand: Hand | null;
  step: JournalEntry['step'];
}

function entryOf(
  state: JournalEntry['state'],
  { release: { revision, digest, strategy }, hand, step }: Page,
  { owner, url, lock: { generation }, hosts }: JournalOptions,
): JournalEntry {
  const run = { schemaVersion: 1, state, owner, url, generation, hosts } as const;
  return { ...run, revision, digest, strategy, step, hand };
}

/** One after the other: a note that is slow must not come after a later one. */
function createTurns(): (work: () => Promise<void>) => Promise<void> {
  let queue: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  };
}

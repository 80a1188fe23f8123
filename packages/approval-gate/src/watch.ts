// Looking at the comments again and again: replies to what does not count, and the end of it.
import { ActionError } from '@headgate/kit/errors';
import { type CommentReader, createReader } from './comment-reader.js';
import { parkedText } from './end-text.js';
import { type Gate, isAltered } from './gate.js';
import { type Outcome, outcomeOf, type View } from './outcome.js';
import { createPace } from './pace.js';
import { createReplier } from './replier.js';
import { type Request, requestsIn } from './requests.js';
import { type Comment, openThread, type Reading, type Thread } from './thread.js';
import { judge } from './verdict.js';
import { alteredFailure, deletedFailure } from './watch-failures.js';

export interface Watch {
  readonly gate: Gate;
  readonly request: Request;
  /** Login in lower case → why this person may not approve. */
  readonly excluded: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly parkAt: number;
}

/** Ends with a decision, with `pending` when the job must make room, or with `error`. Rejects only when it is cancelled. */
export async function watch(given: Watch): Promise<Outcome> {
  try {
    return await look(given);
  } catch (error) {
    if (!(error instanceof ActionError) || given.gate.deps.signal.aborted) throw error;
    return { decision: 'error', request: given.request, approvals: [], by: null, news: null, error };
  }
}

async function look(given: Watch): Promise<Outcome> {
  const { gate, request, parkAt } = given;
  const { clock, signal } = gate.deps;
  const thread = threadOf(given);
  const pace = createPace(gate.inputs.interval);
  const reader = createReader(gate.deps, thread);
  const replier = createReplier(given, thread);
  for (;;) {
    const seen = await see(given, reader);
    const pause = seen === null ? pace.afterFailure() : pace.after(seen.reading);
    if (seen !== null) {
      const { view, reading } = seen;
      await replier.answer(view.verdict.refusals, reading.comments, view.request);
      if (view.verdict.decision.kind !== 'waiting') return outcomeOf(view);
    }
    if (clock.now() >= parkAt) return await park(given, { thread, reader });
    const left = Math.min(parkAt, request.deadline + 1) - clock.now();
    await clock.sleep(Math.max(1, Math.min(pause, left)), signal);
  }
}

/** Comments before the request never change what it means; from it on, everything that is written or changed is read. */
function threadOf({ gate, request }: Watch): Thread {
  return openThread(gate.github, gate.surface?.number ?? 0, request.comment.createdAt - 1000);
}

/** One look; null while GitHub fails. An approval is believed only once everything was read afresh. */
async function see(
  given: Watch,
  reader: CommentReader,
): Promise<{ readonly view: View; readonly reading: Reading } | null> {
  const reading = await reader.next();
  if (reading === null) return null;
  const view = viewOf(given, reading.comments);
  if (view.verdict.decision.kind !== 'approved') return { view, reading };
  const again = await reader.next({ afresh: true });
  return again === null ? null : { view: viewOf(given, again.comments), reading: again };
}

function viewOf({ gate, request, excluded }: Watch, recent: readonly Comment[]): View {
  const { inputs, deps } = gate;
  const known = new Set(recent.map(({ id }) => id));
  const earlier = gate.comments.filter(({ id }) => id < request.comment.id && !known.has(id));
  const comments = [...earlier, ...recent];
  const found = requestsIn(comments, inputs.bot).find(({ marker }) => marker.nonce === request.marker.nonce);
  if (found === undefined) throw deletedFailure(request);
  if (isAltered(found, gate)) throw alteredFailure(found);
  const { policy, bot } = inputs;
  return {
    request: found,
    verdict: judge({ request: found, policy, excluded, bot, now: deps.clock.now() }, comments),
  };
}

/**
 * Says so first and looks once more: a comment before that note is seen here, one after it finds the note and resumes.
 */
async function park(
  given: Watch,
  { thread, reader }: { readonly thread: Thread; readonly reader: CommentReader },
): Promise<Outcome> {
  const { gate, request } = given;
  const { core, context, signal } = gate.deps;
  try {
    await thread.post(parkedText(request.marker, context.runAttempt));
  } catch (error) {
    if (!(error instanceof ActionError) || signal.aborted) throw error;
    core.warning(`the note that this run stops waiting could not be written: ${error.message}`);
  }
  const last = await reader.next({ afresh: true });
  if (last !== null) return outcomeOf(viewOf(given, last.comments));
  return { decision: 'pending', request, approvals: [], by: null, news: null, error: null };
}

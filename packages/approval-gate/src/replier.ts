// Posts the replies: each comment has one, whatever happens in between.
import { ActionError } from '@headgate/kit/errors';
import { replyText, worthAReply } from './replies.js';
import { answered, type Request } from './requests.js';
import type { Comment, Thread } from './thread.js';
import type { Refusal } from './verdict.js';
import type { Watch } from './watch.js';

export interface Replier {
  answer(refusals: readonly Refusal[], comments: readonly Comment[], request: Request): Promise<void>;
}

/** A comment whose reply could not be written gets one more try, as the first may have arrived after all. */
const mostTries = 2;

/** A reply that cannot be written is a warning: it decides nothing. */
export function createReplier({ gate, excluded }: Watch, thread: Thread): Replier {
  const { core, signal } = gate.deps;
  const { bot } = gate.inputs;
  const tries = new Map<number, number>();
  const written = new Set<number>();
  const reply = async (refusal: Refusal, request: Request): Promise<void> => {
    const { id } = refusal.comment;
    tries.set(id, (tries.get(id) ?? 0) + 1);
    try {
      await thread.post(replyText(refusal, { request, excluded }));
      written.add(id);
    } catch (error) {
      if (!(error instanceof ActionError) || signal.aborted) throw error;
      core.warning(`a reply could not be written: ${error.message}`);
    }
  };
  return {
    async answer(refusals, comments, request) {
      const replied = new Set([...answered(comments, bot), ...written]);
      const open = worthAReply(refusals, comments, { bot, replied }).filter(
        ({ comment }) => !written.has(comment.id) && (tries.get(comment.id) ?? 0) < mostTries,
      );
      for (const refusal of open) {
        core.info(`comment ${refusal.comment.id} does not count: ${refusal.why}`);
        await reply(refusal, request);
      }
    },
  };
}

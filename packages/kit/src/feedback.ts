// Tells a pull request what failed, and when it has passed. It informs; it never decides how a step ends.
import type { Deps } from './deps.js';
import { type CommentPlace, commentPlace, type Sections, updateFailureComment } from './failure-comment.js';
import type { GitHub } from './github.js';

export interface LegNews {
  /** 12 hex digits. */
  readonly leg: string;
  /** Markdown; null when the leg has passed. */
  readonly section: string | null;
}

export type Change = (before: Sections) => Sections;

/** From the failing job itself: this leg's part of the comment, beside what other jobs said. */
export async function tellLeg(deps: Deps, token: string, { leg, section }: LegNews): Promise<void> {
  await tellPullRequest(deps, token, (before) => {
    const after = new Map(before);
    if (section === null) after.delete(leg);
    else after.set(leg, section);
    return after;
  });
}

/** Says in the log what became of the comment, also why there is none. */
export async function tellPullRequest(deps: Deps, token: string, change: Change): Promise<void> {
  const { place, why } = commentPlace(deps.context);
  if (place === null) {
    deps.core.info(`No comment on a pull request: ${why}.`);
    return;
  }
  try {
    await write(await deps.connectGitHub(token), place, { change, deps });
  } catch (error) {
    deps.signal.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    deps.core.info(
      `Pull request #${place.issue} was not told (${problem}). It needs pull-requests: write; the summary says the same.`,
    );
  }
}

async function write(
  github: GitHub,
  place: CommentPlace,
  { change, deps }: { readonly change: Change; readonly deps: Deps },
): Promise<void> {
  const how = await updateFailureComment(github, place, change);
  const words = {
    created: 'written',
    updated: 'brought up to date',
    unchanged: 'as it was',
    absent: 'not needed',
    newer: 'left to a newer run',
  };
  deps.core.info(`Comment on pull request #${place.issue}: ${words[how]}.`);
}

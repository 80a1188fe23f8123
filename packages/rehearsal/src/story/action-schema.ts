// What people do in a step of a story.
import * as v from 'valibot';
import { filePath, filled, login } from './story-values.js';

export const push = v.strictObject({
  branch: filled,
  /** Where a new branch begins; an existing one goes on. */
  from: v.optional(filled, 'develop'),
  by: login,
  message: filled,
  /** `find` must stand in the file exactly once. */
  replace: v.optional(v.array(v.strictObject({ file: filePath, find: filled, with: v.string() })), []),
  /** Path in the repository → its whole text. */
  write: v.optional(v.record(filePath, v.string()), {}),
  /** A folder beside the story, laid over the repository. */
  copy: v.optional(filePath),
  delete: v.optional(v.array(filePath), []),
});

export const pullRequest = v.strictObject({
  branch: filled,
  into: v.optional(filled, 'develop'),
  title: filled,
  by: login,
});

/** The open pull request of a branch; `into` chooses where it has several. */
export const merge = v.strictObject({ branch: filled, into: v.optional(filled), by: login });

/**
 * A comment on the open request for approval, or on the open pull request of a branch. In its text `{approve-line}`
 * stands for the line that the request asks for, `{subject}` for the digits in it.
 */
export const comment = v.strictObject({
  by: login,
  text: filled,
  on: v.optional(v.union([v.literal('request'), v.strictObject({ 'pull-request': filled })]), 'request'),
  kind: v.optional(v.picklist(['user', 'bot']), 'user'),
  /** What it is edited into afterwards. */
  edit: v.optional(filled),
});

/** The newest run of an event on a branch, once more: its failed jobs, or all. */
export const rerun = v.strictObject({
  by: login,
  run: v.strictObject({ event: filled, branch: filled }),
  failed: v.optional(v.boolean(), true),
});

export type Push = v.InferOutput<typeof push>;
export type PullRequest = v.InferOutput<typeof pullRequest>;
export type Merge = v.InferOutput<typeof merge>;
export type Comment = v.InferOutput<typeof comment>;
export type Rerun = v.InferOutput<typeof rerun>;

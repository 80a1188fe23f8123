// What people do in a step of a story.
import * as v from 'valibot';
import { count, filePath, filled, login } from './story-values.js';

/** What changes in the files of a repository. */
export const changes = {
  /** `find` must stand in the file exactly once. */
  replace: v.optional(v.array(v.strictObject({ file: filePath, find: filled, with: v.string() })), []),
  /** Path in the repository → its whole text. */
  write: v.optional(v.record(filePath, v.string()), {}),
  /** A folder beside the story, laid over the repository. */
  copy: v.optional(filePath),
  delete: v.optional(v.array(filePath), []),
};

/** To, or from, a fork of the person's own: a stranger, who may only read here. */
const fork = v.optional(v.literal(true));

export const push = v.strictObject({
  branch: filled,
  /** Where a new branch begins; an existing one goes on. */
  from: v.optional(filled, 'develop'),
  by: login,
  message: filled,
  fork,
  ...changes,
});

/** Merges a branch into another one where git cannot; what is changed must settle every conflict. */
export const resolve = v.strictObject({
  branch: filled,
  merging: filled,
  by: login,
  message: v.optional(filled),
  ...changes,
});

export const pullRequest = v.strictObject({
  branch: filled,
  into: v.optional(filled, 'develop'),
  title: filled,
  by: login,
  fork,
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

/** The newest run of an event on a branch, or one so many runs `earlier`, once more: its failed jobs, or all. */
export const rerun = v.strictObject({
  by: login,
  run: v.strictObject({ event: filled, branch: filled, earlier: v.optional(count, 0) }),
  failed: v.optional(v.boolean(), true),
});

/** A run started by hand, with the inputs that its workflow declares. */
export const dispatch = v.strictObject({
  by: login,
  branch: filled,
  workflow: v.optional(filled, 'delivery.yml'),
  inputs: v.optional(v.record(filled, v.string()), {}),
});

/** A schedule is due: the workflow must have this cron expression. */
export const schedule = v.strictObject({ cron: filled });

/** The machine under a job in progress is gone, once the job's log has the text. */
export const loseRunner = v.strictObject({
  job: filled,
  branch: v.optional(filled),
  after: v.optional(filled),
});

export type Push = v.InferOutput<typeof push>;
export type Changes = Pick<Push, keyof typeof changes>;
export type Resolve = v.InferOutput<typeof resolve>;
export type LoseRunner = v.InferOutput<typeof loseRunner>;
export type PullRequest = v.InferOutput<typeof pullRequest>;
export type Merge = v.InferOutput<typeof merge>;
export type Dispatch = v.InferOutput<typeof dispatch>;
export type Comment = v.InferOutput<typeof comment>;
export type Rerun = v.InferOutput<typeof rerun>;

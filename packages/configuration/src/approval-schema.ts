// Who approves what goes to an environment, and when nothing may go there.
import * as v from 'valibot';
import { duration, filled, name, oneLine } from './schema-values.js';

const login = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/, 'the login of a GitHub user'),
);

const group = v.strictObject({
  members: v.pipe(v.array(login), v.minLength(1, 'at least one member'), v.description('GitHub logins.')),
  quorum: v.optional(
    v.pipe(
      v.number(),
      v.integer('a whole number'),
      v.minValue(1, 'a quorum of at least 1'),
      v.description('How many of them must approve.'),
    ),
    1,
  ),
});

export const exclusions = ['actor', 'triggering-actor', 'merger', 'pull-request-author'] as const;

export const approvalSchema = v.strictObject({
  groups: v.pipe(
    v.record(name, group),
    v.minEntries(1, 'at least one group'),
    v.description('Every group must reach its quorum, by distinct people.'),
  ),
  exclude: v.optional(
    v.pipe(v.array(v.picklist(exclusions)), v.description('Whose word does not count for their own work.')),
    [...exclusions],
  ),
  'exclude-authors': v.optional(
    v.pipe(v.boolean(), v.description('True: authors of the commits do not count either.')),
    false,
  ),
  expires: v.optional(
    v.pipe(duration, v.description('After it neither the request nor its approval counts; at most 720h.')),
    '24h',
  ),
  'park-after': v.optional(
    v.pipe(duration, v.description('How long a job waits before a comment must wake it; at most 340m.')),
    '5h',
  ),
  interval: v.optional(v.pipe(duration, v.description('Pause between two looks at the comments.')), '15s'),
  rollback: v.optional(
    v.pipe(
      v.picklist(['approve', 'pre-approved']),
      v.description(
        'pre-approved: nobody is asked for an older version that evidence shows to have run here.',
      ),
    ),
    'approve',
  ),
  review: v.optional(
    v.pipe(
      name,
      v.description('GitHub environment with required reviewers; one job names it, after the approval.'),
    ),
  ),
});

const instant = v.pipe(
  v.string(),
  v.regex(
    /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/,
    'a time in UTC such as 2026-12-24T00:00:00Z',
  ),
);

export const freezeSchema = v.strictObject({
  from: instant,
  until: instant,
  reason: v.pipe(oneLine, filled, v.description('Shown to whoever is stopped by it.')),
});

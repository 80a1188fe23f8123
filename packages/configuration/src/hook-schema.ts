// Work of the user at fixed points of a deployment: rolling-deploy's input `hooks`.
import * as v from 'valibot';
import { argumentList, filled, name, timeLimit, value, variableName } from './schema-values.js';

/** In the order in which they come. */
export const hookPoints = [
  'before-deploy',
  'after-start',
  'test-traffic',
  'before-traffic',
  'after-traffic',
  'after-deploy',
  'on-rollback',
] as const;

const command = v.pipe(argumentList, v.minLength(1, 'at least the program'));
const status = v.pipe(
  v.number(),
  v.integer('a whole number'),
  v.minValue(200, 'a status from 200 to 599'),
  v.maxValue(599, 'a status from 200 to 599'),
);

const http = v.strictObject({
  method: v.optional(v.picklist(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])),
  path: v.optional(
    v.pipe(
      filled,
      v.regex(/^\/(?!\/)[\x21-\x22\x24-\x7e]{0,2000}$/, 'a path beginning with one /, without blanks'),
      v.description('Asked of the instance itself, past the proxy. Excludes `url`.'),
    ),
  ),
  url: v.optional(v.pipe(value, v.description('Any http or https address, asked by the runner.'))),
  status: v.optional(
    v.pipe(
      v.union([status, v.pipe(v.array(status), v.minLength(1, 'at least one status'))]),
      v.description('What is well; every status from 200 to 299 unless said.'),
    ),
  ),
});

const task = v.strictObject({
  image: v.optional(
    v.pipe(name, v.description("Image under `images` that holds the task; the target's own unless said.")),
  ),
  command,
  environment: v.optional(
    v.pipe(v.record(variableName, value), v.description('Variables for the task; never secrets.')),
    {},
  ),
});

const hook = v.strictObject({
  name: v.optional(v.pipe(name, v.description('For people; the kind of its work unless said.'))),
  command: v.optional(
    v.pipe(command, v.description("Program and arguments, run in the instance's container without a shell.")),
  ),
  http: v.optional(v.pipe(http, v.description('An HTTP call.'))),
  task: v.optional(v.pipe(task, v.description('A container of its own, with all that the service has.'))),
  timeout: v.optional(timeLimit, '1m'),
  hosts: v.optional(
    v.pipe(v.picklist(['each', 'first']), v.description('With several hosts: whether all of them have it.')),
    'each',
  ),
});

const hooks = v.optional(v.pipe(v.array(hook), v.maxLength(20, 'at most 20 hooks')));

export type HookConfiguration = v.InferOutput<typeof hook>;
export type HooksConfiguration = {
  readonly [Point in (typeof hookPoints)[number]]?: HookConfiguration[] | undefined;
};

/** Its own type would be written out seven times in that of the whole file. */
export const hooksSchema: v.GenericSchema<unknown, HooksConfiguration> = v.pipe(
  v.strictObject({
    'before-deploy': hooks,
    'after-start': hooks,
    'test-traffic': hooks,
    'before-traffic': hooks,
    'after-traffic': hooks,
    'after-deploy': hooks,
    'on-rollback': hooks,
  }),
  v.description('Commands, HTTP calls and tasks at fixed points of a deployment; one that fails undoes it.'),
);

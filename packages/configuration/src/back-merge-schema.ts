// What merging back may settle by itself: files that are made from others.
import * as v from 'valibot';
import { argumentList, path, timeLimit } from './schema-values.js';

const derived = v.strictObject({
  paths: v.pipe(
    v.array(path),
    v.minLength(1, 'at least one path'),
    v.description('Files that are never merged, but made again, such as package-lock.json.'),
  ),
  run: v.pipe(
    argumentList,
    v.minLength(1, 'a command with its arguments'),
    v.description('The command that makes them, started without a shell in the root of the merged files.'),
  ),
  deadline: v.optional(v.pipe(timeLimit, v.description('Time it may take.')), '5m'),
});

export const backMergeSchema = v.pipe(
  v.strictObject({
    derived: v.optional(
      v.pipe(v.array(derived), v.description('Files that are made from others; nothing else is settled.')),
      [],
    ),
  }),
  v.description('How a release is merged back.'),
);

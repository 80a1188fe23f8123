// What GitHub documents, one behaviour at a time: a workflow made for it and what must come of it.
import { readdirSync, readFileSync } from 'node:fs';
import { parseYaml } from '@headgate/kit/yaml';
import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty());
const byJob = <Value extends v.GenericSchema>(value: Value) => v.record(text, value);
const environment = v.strictObject({
  variables: v.optional(v.record(text, v.string()), {}),
  secrets: v.optional(v.record(text, v.string()), {}),
  branches: v.optional(v.array(text), []),
  reviewers: v.optional(v.array(text)),
});

const source = v.pipe(v.string(), v.startsWith('https://'));

/** Shown by a test elsewhere, which needs more than a workflow. */
const elsewhere = v.strictObject({
  behaviour: text,
  source,
  test: v.strictObject({ file: text, title: text }),
});

const played = v.strictObject({
  behaviour: text,
  source,
  /** `.github/workflows/x.yml`; `files` may add others. */
  workflow: text,
  files: v.optional(v.record(text, v.string()), {}),
  settings: v.optional(
    v.strictObject({
      secrets: v.optional(v.record(text, v.string())),
      variables: v.optional(v.record(text, v.string())),
      environments: v.optional(v.record(text, environment)),
    }),
    {},
  ),
  /** The event; a push to develop unless said. */
  event: v.optional(v.record(text, v.unknown()), {}),
  /** Cancels the run when the step of this name is at work. */
  'cancel-at': v.optional(text),
  /** Runs again: the failed jobs, or all. */
  rerun: v.optional(v.picklist(['failed', 'all'])),

  run: v.optional(v.picklist(['success', 'failure', 'cancelled', 'skipped'])),
  /** A part of why GitHub does not start the run. */
  problem: v.optional(text),
  /** Every job of the newest attempt, and how it ended. */
  jobs: v.optional(byJob(text)),
  /** Whole lines of a job's log, in this order. */
  log: v.optional(byJob(v.array(v.string()))),
  /** In no log. */
  unseen: v.optional(v.array(text), []),
  outputs: v.optional(byJob(v.record(text, v.string()))),
  /** Conclusions of a job's own steps. */
  steps: v.optional(byJob(v.array(text))),
  /** Parts of a job's annotations. */
  annotations: v.optional(byJob(v.array(text))),
  /** In no annotation of a job. */
  untold: v.optional(byJob(v.array(text))),
  summary: v.optional(byJob(v.string())),
});

export type Played = v.InferOutput<typeof played>;
export type Elsewhere = v.InferOutput<typeof elsewhere>;

const chapter = v.strictObject({
  subject: text,
  behaviours: v.array(v.union([elsewhere, played])),
});

export type Chapter = v.InferOutput<typeof chapter> & { readonly file: string };

const folder = new URL('./behaviours/', import.meta.url);

/** All chapters, by name of their files. */
export function readChapters(): readonly Chapter[] {
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const read = v.safeParse(
        chapter,
        parseYaml(readFileSync(new URL(file, folder), 'utf8'), { source: file }),
      );
      if (read.success) return { file, ...read.output };
      throw new Error(`${file}: ${JSON.stringify(v.flatten(read.issues))}`);
    });
}

// The build record, which Docker Desktop opens: taken out of the builder's history once the builds of a step have ended.
import { basename } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { Redactor } from '@headgate/kit/secrets';
import { code, counted, heading } from '@headgate/kit/summary';
import { type BuildReference, listReferences, referencesIn, referencesSince } from './build-references.js';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { type BuildRecord, exportRecord, type RecordTools } from './record-export.js';
import type { BuildPaths } from './workspace.js';

export interface RecordedLeg extends RecordTools {
  readonly inputs: Inputs;
  readonly deps: Deps;
  readonly journal: Journal;
  readonly paths: BuildPaths;
  readonly redactor: Redactor;
}

/**
 * Does the work of a step, and adds the output `build-record` to its end, whether good or bad.
 * A record that cannot be had is a warning.
 */
export async function withBuildRecord(
  work: () => Promise<ActionResult>,
  leg: RecordedLeg,
): Promise<ActionResult> {
  const before = await listReferences(leg.deps.env);
  const outputsWith = async (outputs: ActionResult['outputs']): Promise<ActionResult['outputs']> => {
    const path = await keepRecord(before, outputs['metadata'] ?? '', leg);
    return { ...outputs, 'build-record': path };
  };
  try {
    const result = await work();
    return { ...result, outputs: await outputsWith(result.outputs) };
  } catch (problem) {
    if (!(problem instanceof ActionError) || leg.deps.signal.aborted) throw problem;
    const { code: kind, message, hint, place, excerpt } = problem;
    const outputs = await outputsWith(problem.outputs);
    throw new ActionError({ code: kind, message, hint, place, excerpt, outputs, cause: problem });
  }
}

/** Path of the record; empty when there is none, which is told. */
async function keepRecord(
  before: ReadonlySet<BuildReference>,
  metadata: string,
  leg: RecordedLeg,
): Promise<string> {
  const { deps, journal, paths, redactor } = leg;
  // Everything was taken over from an earlier run, or nothing could be started.
  if (journal.builds.length === 0) return '';
  try {
    const place = { context: paths.context, file: paths.file };
    const written = await referencesSince(before, place, deps.env);
    const record = await exportRecord(written.length > 0 ? written : referencesIn(metadata), leg);
    if (record.kind === 'kept') return await tell(record, leg);
    deps.core.warning(redactor.redact(`No build record: ${record.reason}. ${record.cure}`));
  } catch (error) {
    deps.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    const warning = `No build record: it could not be exported or looked through: ${reason}`;
    deps.core.warning(redactor.redact(warning));
  }
  return '';
}

async function tell(
  { path, builds }: Extract<BuildRecord, { kind: 'kept' }>,
  { inputs, deps }: RecordedLeg,
): Promise<string> {
  const name = basename(path);
  const open = `docker buildx history import --file ${name}`;
  const kept = `of ${counted(builds, 'build')}`;
  deps.core.info(
    `Build record ${kept}: ${path}. Docker Desktop opens it, under Builds or with ${open}; it holds build arguments and the Dockerfile.`,
  );
  await deps.core.appendSummary(
    `${heading(4, `Build record of ${inputs.leg}`)}${code(name)} ${kept}. Docker Desktop opens it, under Builds or with ${code(open)}.\n\n`,
  );
  return path;
}

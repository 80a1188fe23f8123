// Copies of the finished image into the engine and wherever `outputs` says: out of the builder's cache, so the same bytes.
import { rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import type { BuildOutcome } from './build.js';
import { type BuildPlan, remaining } from './build-plan.js';
import { csvRecord } from './csv-record.js';
import { failure } from './failures.js';
import { parseItems } from './input-list.js';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { type BuildTools, runPlanned } from './planned-build.js';

/** Writes every copy that was asked for. @returns how it ended; `built` when nothing was asked for */
export async function exportImage(
  inputs: Inputs,
  plan: BuildPlan,
  tools: { readonly journal: Journal; readonly deps: Deps },
): Promise<BuildOutcome> {
  for (const output of inputs.exports) {
    const outcome = await exportTo(placed(output, tools.deps.context.workspace), { inputs, plan }, tools);
    if (outcome.kind !== 'built') return outcome;
  }
  return inputs.load ? await loadImage({ inputs, plan }, tools) : { kind: 'built', steps: [] };
}

interface Exported {
  readonly inputs: Inputs;
  readonly plan: BuildPlan;
}

/** One exporter a build: builders before BuildKit 0.13 take no more. */
function exportTo(output: string, { inputs, plan }: Exported, tools: BuildTools): Promise<BuildOutcome> {
  const attested = !/(?:^|,)type=docker(?:,|$)/.test(output);
  const goal = { kind: 'export', target: inputs.target, outputs: [output], attested } as const;
  return tools.journal.time('export', () => runPlanned({ plan, goal, title: 'Export' }, tools));
}

/**
 * By an archive: an exporter straight into the engine cannot set the times of files (measured with engine 26.1.5:
 * "rewrite-timestamp" conflicts with "unpack"), so its layers would be others than those that are published.
 * @throws ActionError `load-failed`
 */
async function loadImage(
  exported: Exported,
  tools: { readonly journal: Journal; readonly deps: Deps },
): Promise<BuildOutcome> {
  const { deps, journal } = tools;
  const archive = join(deps.temporary, 'image.tar');
  const fields = ['type=docker', `dest=${archive}`, `name=${namesOf(exported.inputs)}`];
  try {
    const outcome = await exportTo(
      csvRecord([...fields, 'oci-mediatypes=true', 'rewrite-timestamp=true']),
      exported,
      tools,
    );
    if (outcome.kind !== 'built') return outcome;
    const answer = await journal.time('load', () =>
      deps.run(
        { file: 'docker', args: ['load', '--input', archive] },
        { signal: deps.signal, timeoutMs: remaining(exported.plan, deps) },
      ),
    );
    if (answer.code !== 0) throw notLoaded(answer.stderr);
    deps.core.info(answer.stdout.trim());
    return outcome;
  } finally {
    await rm(archive, { force: true });
  }
}

function notLoaded(stderr: string): Error {
  const reason = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return failure(
    'load-failed',
    `The engine does not load the image: ${reason}`,
    'Free space for it, or remove `load`.',
  );
}

/** The engine names it as the registry does, or by the leg where it has no other name. */
function namesOf({ image, tags, movingTags, elsewhere, leg }: Inputs): string {
  const all = [
    ...[...tags, ...movingTags].map((tag) => `${image?.name ?? leg}:${tag}`),
    ...elsewhere.flatMap((one) => one.moving.map((tag) => `${one.image.name}:${tag}`)),
  ];
  return all.length === 0 ? `${image?.name ?? leg}:latest` : all.join(',');
}

/** Relative destinations start at the workspace; layer times are those of the image itself. */
function placed(output: string, workspace: string): string {
  const fields = parseItems('outputs', output, { comma: 'separates' }).map((field) => {
    const dest = /^(?:dest|destination)=(.*)$/.exec(field)?.[1];
    return dest === undefined || dest === '-' || isAbsolute(dest) ? field : `dest=${join(workspace, dest)}`;
  });
  const isImage = fields.some((field) => /^type=(?:oci|docker)$/.test(field));
  const isTimed = fields.some((field) => field.startsWith('rewrite-timestamp='));
  return csvRecord([...fields, ...(isImage && !isTimed ? ['rewrite-timestamp=true'] : [])]);
}

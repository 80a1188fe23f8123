// What a leg hands on and shows: the variables file, what a failure left behind, the summary.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { legHash } from '@headgate/kit/leg';
import type { MachineImagePart, TestPart, TimingPart } from '@headgate/kit/record-parts';
import { code, escapeMarkdown, heading, table } from '@headgate/kit/summary';
import type { Inputs } from './inputs.js';
import type { Stream } from './stream.js';
import { tfvarsText } from './tfvars.js';

export interface LeftBehind {
  readonly builder: string;
  readonly artifactId: string;
  readonly files: readonly string[];
}

/** Everything packer reported as made. */
export function leftBehind(stream: Stream): readonly LeftBehind[] {
  return [...stream.artifacts()].flatMap(([builder, artifacts]) =>
    artifacts.map(({ id, files }) => ({ builder, artifactId: id, files })),
  );
}

/** Writes the variables beside the entry file, where later steps of the job find it; returns its path. */
export async function writeTfvars(
  images: readonly MachineImagePart[],
  inputs: Inputs,
  deps: Deps,
): Promise<string> {
  const name = `headgate-${legHash('machine-images', inputs.leg)}.auto.tfvars.json`;
  const file = join(deps.env['RUNNER_TEMP'] || deps.temporary, name);
  await writeFile(file, tfvarsText(inputs.tfvarsVariable, images), { mode: 0o600 });
  return file;
}

export interface Shown {
  readonly images: readonly MachineImagePart[];
  readonly tests: readonly TestPart[];
  readonly timings: readonly TimingPart[];
  readonly left?: readonly LeftBehind[];
}

export function summaryOf(leg: string, { images, tests, timings, left = [] }: Shown): string {
  return [
    heading(3, `Machine image ${leg}`),
    section(
      ['builder', 'region', 'id', 'files'],
      images.map(({ builder, region, id, files }) => [
        code(builder),
        escapeMarkdown(region),
        code(id),
        files.map(({ path, size }) => `${code(path)} ${size} B`).join('<br>'),
      ]),
    ),
    section(
      ['left behind by', 'artifact', 'files'],
      left.map(({ builder, artifactId, files }) => [
        code(builder),
        code(artifactId),
        files.map(code).join('<br>'),
      ]),
    ),
    section(
      ['test', 'outcome', 'detail'],
      tests.map(({ name, outcome, detail }) => [escapeMarkdown(name), outcome, escapeMarkdown(detail)]),
    ),
    section(
      ['step', 'seconds'],
      timings.map(({ step, seconds }) => [step, seconds.toFixed(1)]),
    ),
  ].join('');
}

function section(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : table(head, rows);
}

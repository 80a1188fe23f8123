// What would be done, without Docker and without touching anything: commands, stages, gates, tags, permissions.

import type { GraphStage } from '@headgate/dockerfile/stage-graph';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { jsonOutput } from '@headgate/kit/json-output';
import { createRedactor, type Redactor } from '@headgate/kit/secrets';
import { code, heading, table } from '@headgate/kit/summary';
import { type BuildGoal, buildArguments } from './build-command.js';
import { type BuildPlan, planBuild } from './build-plan.js';
import { ignoredFiles } from './ignored-files.js';
import type { Inputs } from './inputs.js';
import { knownValues } from './secret-arguments.js';
import { inputsOfTargets } from './several-inputs.js';
import { graphFor } from './stages.js';
import type { BuildPaths } from './workspace.js';

export interface DryRun {
  readonly mode: 'build' | 'promote';
  /** One argv for each build, secrets replaced. */
  readonly commands: readonly (readonly string[])[];
  /** Empty where only the builder can read the Dockerfile. */
  readonly stages: readonly PlannedStage[];
  readonly gates: readonly string[];
  /** Full references; empty when nothing would be published. */
  readonly tags: readonly PlannedTag[];
  readonly permissions: readonly PlannedPermission[];
  /** Which .dockerignore counts. */
  readonly ignored: string;
  /** Seconds since the epoch for files of the image; null for the time of the build. */
  readonly sourceDateEpoch: number | null;
}

/** As `headgate stages` gives it. */
export type PlannedStage = Pick<GraphStage, 'index' | 'name' | 'base' | 'line' | 'dependsOn' | 'reachable'>;

export interface PlannedTag {
  readonly reference: string;
  readonly moves: boolean;
}

export interface PlannedPermission {
  readonly permission: string;
  readonly for: string;
}

/** Says what would be done in log, summary and the output `plan`. */
export async function dryRun(inputs: Inputs, paths: BuildPaths, deps: Deps): Promise<ActionResult> {
  const redactor = createRedactor(knownValues(inputs));
  // No secret is read: their files are named where they would lie.
  const secretFiles = inputs.secrets.map(({ id }, index) => ({ id, path: `RUNNER_TEMP/secret-${index}` }));
  const plan = await planBuild(inputs, { paths, secretFiles, redactor }, deps);
  const images = inputs.targets.length === 0 ? [inputs] : inputsOfTargets(inputs);
  const dry: DryRun = {
    mode: inputs.mode,
    commands: images.flatMap((own, index) => commandsOf(own, plan, { redactor, isFirst: index === 0 })),
    stages: (graphFor(paths.dockerfile, inputs)?.stages ?? []).map(plannedStage),
    gates: [...inputs.testResults, ...inputs.testTargets],
    tags: images.flatMap(tagsOf),
    permissions: permissionsOf(inputs),
    ignored: await ignoredFiles(inputs.context, paths),
    sourceDateEpoch: plan.commitTime,
  };
  for (const argv of dry.commands) deps.core.info(argv.map(shellWord).join(' '));
  deps.core.info(dry.ignored);
  for (const { reference, moves } of dry.tags)
    deps.core.info(`${moves ? 'moves' : 'puts'} the tag ${reference}`);
  await deps.core.appendSummary(redactor.redact(summaryOf(inputs.leg, dry)));
  return { outputs: { plan: redactor.redact(jsonOutput(dry)) } };
}

function plannedStage({ index, name, base, line, dependsOn, reachable }: GraphStage): PlannedStage {
  return { index, name, base, line, dependsOn, reachable };
}

function commandsOf(
  inputs: Inputs,
  plan: BuildPlan,
  { redactor, isFirst }: { readonly redactor: Redactor; readonly isFirst: boolean },
): DryRun['commands'] {
  const { platforms, buildArgs, labels } = inputs;
  const source = { ...plan.source, platforms, buildArgs, labels };
  const layout = 'RUNNER_TEMP/layout';
  const metadataFile = 'RUNNER_TEMP/metadata.json';
  const { target } = inputs;
  const goals: readonly BuildGoal[] = [
    // Gates are of the file, not of an image.
    ...(isFirst ? gatesOf(inputs) : []),
    { kind: 'image', target, layout, metadataFile },
    ...(inputs.compareBuilds ? [{ kind: 'again', target, layout, metadataFile } as const] : []),
  ];
  return goals.map((goal) => ['docker', ...buildArguments(source, goal).map((arg) => redactor.redact(arg))]);
}

function gatesOf({ testResults, testTargets }: Inputs): readonly BuildGoal[] {
  return [
    ...testResults.map((target) => {
      return { kind: 'results', target, folder: `RUNNER_TEMP/test-results/${target}` } as const;
    }),
    ...testTargets.map((target) => ({ kind: 'gate', target }) as const),
  ];
}

function tagsOf({ publish, image, tags, movingTags, elsewhere }: Inputs): readonly PlannedTag[] {
  if (!publish || image === null) return [];
  return [{ image, fixed: tags, moving: movingTags }, ...elsewhere].flatMap((place) => [
    ...place.fixed.map((tag) => ({ reference: `${place.image.name}:${tag}`, moves: false })),
    ...place.moving.map((tag) => ({ reference: `${place.image.name}:${tag}`, moves: true })),
  ]);
}

function permissionsOf(inputs: Inputs): readonly PlannedPermission[] {
  const { githubToken, failureComment } = inputs;
  const images = [inputs, ...inputs.targets];
  const isKeyed = images.some(({ publish, imageKey }) => publish && imageKey !== null);
  const hosts = images.flatMap((one) =>
    one.publish ? [one.image, ...one.elsewhere.map(({ image }) => image)].map((image) => image?.host) : [],
  );
  const wanted: readonly (readonly [boolean, string, string])[] = [
    [true, 'contents: read', 'the checkout before it'],
    [hosts.includes('ghcr.io'), 'packages: write', 'publishing to ghcr.io with the job token'],
    [isKeyed && githubToken !== null, 'actions: read', 'evidence of the same image'],
    [failureComment, 'pull-requests: write', 'what failed, as a comment'],
  ];
  return wanted.flatMap(([needed, permission, reason]) => (needed ? [{ permission, for: reason }] : []));
}

function summaryOf(leg: string, dry: DryRun): string {
  const rows = [
    ['Stages', dry.stages.map((stage) => code(stage.name ?? `stage-${stage.index}`)).join(', ')],
    ['Gates', dry.gates.length === 0 ? 'none' : dry.gates.map(code).join(', ')],
    ['Tags', dry.tags.length === 0 ? 'none' : dry.tags.map((tag) => code(tag.reference)).join(', ')],
    ['Permissions', dry.permissions.map((one) => code(one.permission)).join(', ')],
    ...dry.commands.map((argv) => ['Command', code(argv.map(shellWord).join(' '))]),
  ];
  return [heading(3, `Image ${leg}: dry run, nothing was built`), table(['', ''], rows)].join('');
}

/** As a shell takes it, to be tried by hand. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

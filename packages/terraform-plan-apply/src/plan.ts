// Mode plan: plan, show it to people, seal it.
import { mkdtempSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { sha256Hex } from '@headgate/kit/digest';
import type { PlanPart } from '@headgate/kit/record-parts';
import { readSealKey, type SealKey } from '@headgate/kit/seal-key';
import { commentMarker, maxCommentLength, upsertStickyComment } from '@headgate/kit/sticky-comment';
import { readBackend } from './backend.js';
import { commentName, pullRequestOf } from './comment.js';
import type { Inputs } from './inputs.js';
import { withMachineImages } from './machine-images.js';
import type { PlanDocument } from './plan-document.js';
import { stateOfPlan } from './plan-file.js';
import { type PlanReport, planMarkdown } from './report.js';
import { bind, type Place, planArtifactName, writeSealedPlan } from './sealed-plan.js';
import { legName, openSetting, type Setting } from './setting.js';

/** Under GitHub's 1 MiB for a summary in bytes, whatever the characters. */
const maxSummaryLength = 250_000;

export async function planInfrastructure(given: Inputs, deps: Deps): Promise<ActionResult> {
  const inputs = await withMachineImages(given, deps);
  const key = inputs.seal ? readSealKey(inputs.deploySecrets, 'deploy-secrets') : null;
  const setting = await openSetting(inputs, deps);
  const { terraform, place, secrets } = setting;
  const started = deps.clock.now();
  try {
    await terraform.init();
    const planFile = join(deps.temporary, 'plan');
    const changes = await terraform.plan(planFile);
    const document = await terraform.read(planFile);
    secrets.add(document.secrets);
    await terraform.showPlanLog();
    const content = readFileSync(planFile);
    const fileDigest = `sha256:${sha256Hex(content)}`;
    const { environment, directory, workspace } = place;
    const sealed = key === null ? null : sealInto({ key, content, setting, deps });
    const { runUrl, runAttempt } = deps.context;
    await show(
      { environment, directory, workspace, tool: terraform.name, fileDigest, document, runUrl },
      { inputs, deps, setting },
    );
    const artifact = sealed === null ? null : planArtifactName(place, runAttempt);
    const seconds = (deps.clock.now() - started) / 1000;
    return planned({ changes, fileDigest, document, sealed, artifact, seconds }, inputs, place);
  } finally {
    terraform.close();
  }
}

interface Planned {
  readonly changes: boolean;
  readonly fileDigest: string;
  readonly document: PlanDocument;
  /** The file that was sealed, and the name it is uploaded under. */
  readonly sealed: string | null;
  readonly artifact: string | null;
  readonly seconds: number;
}

function planned(plan: Planned, inputs: Inputs, place: Place): ActionResult {
  const { changes, fileDigest, sealed, artifact, seconds } = plan;
  const { meaningDigest, counts } = plan.document;
  const { directory, workspace, environment } = place;
  const where = { directory, workspace, environment };
  const part: PlanPart = { ...where, outcome: 'planned', fileDigest, meaningDigest, ...counts, artifact };
  const name = legName(inputs, place);
  return {
    outputs: {
      changes: String(changes),
      add: String(counts.add),
      change: String(counts.change),
      destroy: String(counts.destroy),
      'plan-file-digest': fileDigest,
      'meaning-digest': meaningDigest,
      'sealed-plan': sealed ?? '',
      'plan-artifact-name': artifact ?? '',
    },
    entry: {
      stage: 'plan',
      name,
      parts: { plans: [part], timings: [{ stage: 'plan', leg: name, step: 'plan', seconds }] },
    },
  };
}

interface Sealing {
  readonly key: SealKey;
  readonly content: Uint8Array;
  readonly setting: Setting;
  readonly deps: Deps;
}

function sealInto({ key, content, setting, deps }: Sealing): string {
  const bound = bind(setting.place, stateOfPlan(content), {
    backend: readBackend(setting.directory, setting.place.workspace),
    key,
  });
  return writeSealedPlan(content, {
    key,
    bound,
    folder: mkdtempSync(join(dirname(deps.temporary), 'headgate-plan-')),
  });
}

async function show(
  report: PlanReport,
  { inputs, deps, setting }: { readonly inputs: Inputs; readonly deps: Deps; readonly setting: Setting },
): Promise<void> {
  const { core, context, connectGitHub } = deps;
  await core.appendSummary(planMarkdown(report, maxSummaryLength, setting.secrets));
  const pullRequest = pullRequestOf(context.event);
  if (pullRequest === null || !inputs.comment) return;
  const name = commentName([report.environment, report.directory, report.workspace]);
  const room = maxCommentLength - commentMarker(name).length - 1;
  const body = planMarkdown(report, room, setting.secrets);
  try {
    const github = await connectGitHub(inputs.githubToken);
    const how = await upsertStickyComment(github, { issue: pullRequest, name, body });
    core.info(`comment on pull request #${pullRequest}: ${how}`);
  } catch (error) {
    deps.signal.throwIfAborted();
    // A fork's token may only read: the plan still stands in the summary.
    core.warning(
      `the plan was not written to pull request #${pullRequest}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

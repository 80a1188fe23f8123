// Mode apply: the approved plan, opened, compared with what is really there, applied once.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { sha256Hex } from '@headgate/kit/digest';
import { withStopCommands } from '@headgate/kit/log';
import type { PlanPart } from '@headgate/kit/record-parts';
import { readSealKey } from '@headgate/kit/seal-key';
import { code, heading, table } from '@headgate/kit/summary';
import { readBackend } from './backend.js';
import { applyKeepingState } from './errored-state.js';
import { failure } from './failures.js';
import type { Inputs } from './inputs.js';
import type { PlanDocument } from './plan-document.js';
import { approvedDigest, fetchSealedPlan } from './plan-source.js';
import { bind, openPlan } from './sealed-plan.js';
import { legName, openSetting, type Setting } from './setting.js';

export async function applyInfrastructure(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  const key = readSealKey(inputs.deploySecrets, 'deploy-secrets');
  const setting = await openSetting(inputs, deps);
  const { terraform, place, secrets } = setting;
  const started = deps.clock.now();
  try {
    const approved = await approvedDigest(inputs, place, deps);
    const envelope = await fetchSealedPlan(inputs, place, deps);
    await terraform.init();
    const reality = bind(place, await terraform.state(), {
      backend: readBackend(setting.directory, setting.place.workspace),
      key,
    });
    const content = openPlan(key, envelope, reality);
    const fileDigest = `sha256:${sha256Hex(content)}`;
    if (fileDigest !== approved) throw notApproved(approved, fileDigest);
    const planFile = join(deps.temporary, 'plan');
    writeFileSync(planFile, content, { mode: 0o600 });
    const document = await terraform.read(planFile);
    secrets.add(document.secrets);
    const applied = document.changes.length > 0 || document.outputs.length > 0;
    const { directory } = setting;
    const keeping = { directory, place, key, tool: inputs.tool, deps };
    if (applied) await applyKeepingState(() => terraform.apply(planFile), keeping);
    else deps.core.info('the approved plan changes nothing: nothing to apply');
    const values = await showOutputs(setting, deps);
    await summarise({ inputs, document, fileDigest, applied, setting, deps });
    return resultOf({
      inputs,
      document,
      fileDigest,
      applied,
      setting,
      values,
      seconds: (deps.clock.now() - started) / 1000,
    });
  } finally {
    terraform.close();
  }
}

interface Applied {
  readonly inputs: Inputs;
  readonly document: PlanDocument;
  readonly fileDigest: string;
  readonly applied: boolean;
  readonly setting: Setting;
}

function resultOf({
  inputs,
  document,
  fileDigest,
  applied,
  setting,
  values,
  seconds,
}: Applied & { readonly values: string; readonly seconds: number }): ActionResult {
  const { directory, workspace, environment } = setting.place;
  const { counts, meaningDigest } = document;
  const leg = legName(inputs, setting.place);
  const part: PlanPart = {
    directory,
    workspace,
    environment,
    outcome: 'applied',
    fileDigest,
    meaningDigest,
    ...counts,
    artifact: null,
  };
  return {
    outputs: {
      changes: String(applied),
      applied: String(applied),
      add: String(counts.add),
      change: String(counts.change),
      destroy: String(counts.destroy),
      'plan-file-digest': fileDigest,
      'meaning-digest': meaningDigest,
      'infrastructure-outputs': values,
    },
    entry: {
      stage: 'deploy',
      name: leg,
      parts: { plans: [part], timings: [{ stage: 'deploy', leg, step: 'apply', seconds }] },
    },
  };
}

/** Outputs as JSON: those that are not sensitive and contain no value known to be. */
async function showOutputs({ terraform, secrets }: Setting, { core }: Deps): Promise<string> {
  const values = Object.entries(await terraform.outputs()).filter(([, value]) => {
    const text = JSON.stringify(value);
    return secrets.redact(text) === text;
  });
  await withStopCommands(
    core,
    async (output) => {
      for (const [name, value] of values) output.line(`${name} = ${JSON.stringify(value)}`);
    },
    'Outputs',
  );
  return JSON.stringify(Object.fromEntries(values));
}

async function summarise({
  document,
  fileDigest,
  applied,
  setting,
  deps,
}: Applied & { deps: Deps }): Promise<void> {
  const { environment, directory, workspace } = setting.place;
  const { add, change, destroy } = document.counts;
  const title = applied ? 'Applied' : 'Nothing to apply';
  const row = [String(add), String(change), String(destroy), code(fileDigest)];
  await deps.core.appendSummary(
    heading(3, `${title} to ${environment}: ${directory}, workspace ${workspace}`) +
      table(['Added', 'Changed', 'Destroyed', 'Plan file'], [row]),
  );
}

function notApproved(approved: string, found: string): Error {
  return failure('approval-mismatch', {
    message: `the plan file ${approved} was approved, ${found} was found in the sealed plan`,
    hint: 'Have the new plan approved, or apply the one that was.',
  });
}

// The plan file under seal: what it is bound to, where it is put, and how it is opened again.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256Hex } from '@headgate/kit/digest';
import { openSeal, seal } from '@headgate/kit/seal';
import { type Bound, differingFields } from '@headgate/kit/seal-bound';
import { parseEnvelope, type SealEnvelope } from '@headgate/kit/seal-envelope';
import { deriveKey, type SealKey } from '@headgate/kit/seal-key';
import { type Backend, backendDigest } from './backend.js';
import { failure } from './failures.js';
import type { StateIdentity } from './plan-file.js';

/** The one file inside the artifact. */
export const sealedPlanName = 'headgate-plan.sealed.json';

export interface Place {
  readonly repository: string;
  readonly commit: string;
  readonly environment: string;
  readonly runId: number;
  readonly directory: string;
  readonly workspace: string;
}

/** All that a plan is bound to (source: trust.md, 'Seal'). */
export function bind(
  place: Place,
  state: StateIdentity,
  { backend, key }: { readonly backend: Backend; readonly key: SealKey },
): Bound {
  const { repository, commit, environment, runId, directory, workspace } = place;
  const { serial, lineage } = state;
  const fixed = { repository, commit, environment, runId, directory, workspace };
  return { ...fixed, backendDigest: backendDigest(backend, deriveKey(key, 'backend')), serial, lineage };
}

/** `headgate-plan-<12 hex digits of environment, directory and workspace>-<attempt>` */
export function planArtifactName(
  place: Pick<Place, 'environment' | 'directory' | 'workspace'>,
  attempt: number,
): string {
  return `${planArtifactPrefix(place)}${attempt}`;
}

export function planArtifactPrefix({
  environment,
  directory,
  workspace,
}: Pick<Place, 'environment' | 'directory' | 'workspace'>): string {
  return `headgate-plan-${sha256Hex(`${environment}\n${directory}\n${workspace}`).slice(0, 12)}-`;
}

/** `headgate-errored-state-<12 hex digits of environment, directory and workspace>-<attempt>` */
export function erroredStateArtifactName(place: Place, attempt: number): string {
  return planArtifactName(place, attempt).replace(/^headgate-plan-/, 'headgate-errored-state-');
}

/** Seals into a folder of its own beside `temporary`, so that a later step can upload it; returns the file. */
export function writeSealedPlan(
  content: Uint8Array,
  { key, bound, folder }: { readonly key: SealKey; readonly bound: Bound; readonly folder: string },
): string {
  const file = join(folder, sealedPlanName);
  writeFileSync(file, JSON.stringify(seal(key, { content, bound })), { mode: 0o600 });
  return file;
}

/** Reads a downloaded sealed plan. @throws {ActionError} `plan-not-found`, `seal-unreadable` */
export function readSealedPlan(file: string): SealEnvelope {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw failure('plan-not-found', {
      message: `sealed-plan: a sealed plan was expected in ${dirname(file)}, none could be read`,
      hint: 'Set sealed-plan to the file that the plan step sealed.',
      cause,
    });
  }
  return parseEnvelope(document);
}

/**
 * Opens a plan for the place and state that are really there.
 * @throws {ActionError} `state-moved` when nothing but the state differs; else as `openSeal` does.
 */
export function openPlan(key: SealKey, envelope: SealEnvelope, reality: Bound): Uint8Array {
  const differing = differingFields(envelope.bound, reality);
  const onlyState = differing.every((name) => name === 'serial' || name === 'lineage');
  if (envelope.keyId !== key.id || differing.length === 0 || !onlyState)
    return openSeal(key, envelope, reality);
  const parts = differing.map((name) => {
    const [planned, found] = [envelope.bound[name], reality[name]].map((value) => JSON.stringify(value));
    return `${name}: the plan was made on ${planned}, ${found} was found`;
  });
  throw failure('state-moved', {
    message: `the state has moved since the plan (${parts.join('; ')}): this plan was applied already, or something else was`,
    hint: 'Plan again, and have the new plan approved.',
  });
}

// The record on its way out: canonical JSON in a file that a later step uploads.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Decision } from '@headgate/configuration/decision';
import type { Context } from '@headgate/kit/context';
import { canonicalJson, digestOf } from '@headgate/kit/digest';
import type { DeliveryRecord, FlowPart } from '@headgate/kit/record';
import { recordArtifactName, recordFileName } from '@headgate/kit/record-names';
import type { Barrier } from './inputs.js';

export function flowOf(decision: Decision, context: Context): FlowPart {
  const { application, event, ref, branchKind, version, commit, tree } = decision;
  const run = { id: context.runId, attempt: context.runAttempt, url: context.runUrl };
  const { actor, repository } = context;
  return {
    application,
    repository: repository.fullName,
    event,
    ref,
    branchKind,
    version,
    commit,
    tree,
    actor,
    run,
  };
}

export interface WrittenRecord {
  readonly 'record-file': string;
  readonly 'record-digest': string;
  readonly 'record-artifact-name': string;
}

export interface RecordPlace {
  readonly folder: string;
  readonly barrier: Barrier | 'evidence';
  /** Of the run, now: what a record says of itself is the attempt that began it. */
  readonly attempt: number;
}

/**
 * Writes the record below `folder`. Only the last one gets the name under which evidence is looked for; the others
 * carry barrier and attempt, so that none replaces another that a re-run may still need.
 */
export function writeRecord(
  record: DeliveryRecord,
  { folder, barrier, attempt }: RecordPlace,
): WrittenRecord {
  const { tree, branchKind, event } = record.flow;
  const directory = join(folder, `headgate-record-${barrier}-${attempt}`);
  mkdirSync(directory, { recursive: true });
  const file = join(directory, recordFileName);
  writeFileSync(file, canonicalJson(record), { mode: 0o600 });
  // A restored release leaves no evidence: its run built nothing, and is about another commit than it ran on.
  const restored = branchKind === 'production' && event === 'workflow_dispatch';
  const name = `${recordArtifactName(tree)}${restored ? '-restored' : ''}`;
  return {
    'record-file': file,
    'record-digest': digestOf(record),
    'record-artifact-name': barrier === 'end' ? name : `${name}-${barrier}-${attempt}`,
  };
}

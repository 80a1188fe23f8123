// The delivery record and its entries: one document per delivery.
import type { Failure } from './failure.js';
import type { ExpectedLeg, MergeResult } from './record-merge.js';
import { chooseEntries } from './record-merge.js';
import type { LegResult, RecordParts, StageName } from './record-parts.js';
import { checkEntry, checkRecord } from './record-schema.js';

export interface FlowPart {
  readonly application: string;
  readonly repository: string;
  readonly event: string;
  readonly ref: string;
  readonly branchKind: string;
  readonly version: string | null;
  readonly commit: string;
  readonly tree: string;
  readonly actor: string;
  readonly run: { readonly id: number; readonly attempt: number; readonly url: string };
}

/** What one leg leaves behind, whatever its result. */
export interface Entry {
  readonly schemaVersion: 1;
  readonly stage: StageName;
  /** The leg's name as `decide` listed it. */
  readonly name: string;
  /** 12 hex digits, see `legHash`. */
  readonly leg: string;
  readonly attempt: number;
  readonly result: LegResult;
  /** Why it did not succeed, never a secret. */
  readonly cause: Failure | null;
  readonly parts: Partial<RecordParts>;
}

export interface DeliveryRecord extends RecordParts {
  readonly schemaVersion: 1;
  readonly flow: FlowPart;
}

/** A record in which nothing has happened yet. */
export function emptyRecord(flow: FlowPart): DeliveryRecord {
  const parts = {
    images: [],
    machineImages: [],
    plans: [],
    configurations: [],
    approvals: [],
    deployments: [],
    tests: [],
    timings: [],
  };
  return { schemaVersion: 1, flow, ...parts };
}

/**
 * Adds the entries of one barrier to a record: per leg the highest attempt that succeeded, else the highest.
 * `expected` legs without any entry are named in `missing`; what the record already holds of a leg stays first.
 */
export function mergeEntries(
  record: DeliveryRecord,
  entries: readonly Entry[],
  expected: readonly ExpectedLeg[] = [],
): MergeResult {
  const chosen = chooseEntries(entries);
  const merged = chosen.map((entry) => entry.parts).reduce<DeliveryRecord>(addParts, record);
  const present = new Set(chosen.map((entry) => `${entry.stage}\n${entry.name}`));
  return {
    record: merged,
    chosen,
    missing: expected.filter((leg) => !present.has(`${leg.stage}\n${leg.name}`)),
    failed: chosen.filter((entry) => entry.result !== 'success'),
  };
}

/** @throws {ActionError} `invalid-record`, naming the place that is wrong. */
export function parseEntry(value: unknown): Entry {
  return checkEntry(value);
}

/** @throws {ActionError} `invalid-record`, naming the place that is wrong. */
export function parseRecord(value: unknown): DeliveryRecord {
  return checkRecord(value);
}

function addParts(record: DeliveryRecord, parts: Partial<RecordParts>): DeliveryRecord {
  return {
    ...record,
    images: [...record.images, ...(parts.images ?? [])],
    machineImages: [...record.machineImages, ...(parts.machineImages ?? [])],
    plans: [...record.plans, ...(parts.plans ?? [])],
    configurations: [...record.configurations, ...(parts.configurations ?? [])],
    approvals: [...record.approvals, ...(parts.approvals ?? [])],
    deployments: [...record.deployments, ...(parts.deployments ?? [])],
    tests: [...record.tests, ...(parts.tests ?? [])],
    timings: [...record.timings, ...(parts.timings ?? [])],
  };
}

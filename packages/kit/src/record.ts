// The delivery record and its entries: one document per delivery.
import type { ExpectedLeg, MergeResult } from './record-merge.js';
import { chooseEntries } from './record-merge.js';
import { checkEntry, checkRecord } from './record-schema.js';

export type StageName = 'images' | 'machine-images' | 'plan' | 'approval' | 'deploy' | 'finish' | 'notify';
export type LegResult = 'success' | 'failure' | 'cancelled';

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

export interface PlatformSize {
  readonly platform: string;
  /** Bytes a node pulls: the sum of the layer descriptors' sizes. */
  readonly compressed: number;
  /** Bytes a disk holds: the sum of the unpacked layers. */
  readonly uncompressed: number;
}

export interface ImagePart {
  readonly name: string;
  /** `sha256:…` of the manifest or index. */
  readonly digest: string;
  /** `host/repository@sha256:…`; null when nothing was published. */
  readonly reference: string | null;
  readonly tags: readonly string[];
  /** 64 hex digits: tree, image name, target, platforms and build arguments. */
  readonly key: string;
  readonly platforms: readonly PlatformSize[];
  /** Address of the run whose image this is, when it was not built here. */
  readonly reusedFrom: string | null;
}

export interface DeploymentPart {
  readonly target: string;
  readonly environment: string;
  readonly service: string;
  readonly image: string;
  readonly digest: string;
  readonly replaced: string | null;
  readonly instances: number;
  readonly outcome: 'deployed' | 'unchanged' | 'undone' | 'failed';
  readonly url: string | null;
}

export interface TestPart {
  readonly name: string;
  readonly stage: StageName;
  readonly outcome: 'passed' | 'failed';
  readonly detail: string;
}

export interface TimingPart {
  readonly stage: StageName;
  readonly leg: string;
  readonly step: string;
  readonly seconds: number;
}

/** One artifact of one builder in one region. */
export interface MachineImagePart {
  /** The leg: a name under `machine-images`. */
  readonly template: string;
  /** As packer names it, such as `docker.app`. */
  readonly builder: string;
  readonly type: string;
  /** Empty where the builder has none. */
  readonly region: string;
  /** Id within the region: an AMI, an image digest, the SHA-256 of the only file. */
  readonly id: string;
  readonly artifactId: string;
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
}

/** One infrastructure directory × workspace. */
export interface PlanPart {
  readonly directory: string;
  readonly workspace: string;
  readonly environment: string;
  /** `planned` by the plan leg; `applied` is added by the apply leg and is no part of the subject. */
  readonly outcome: 'planned' | 'applied';
  /** `sha256:…` of the plan file. */
  readonly fileDigest: string;
  /** `sha256:…` of what the plan means; equal for two plans that would do the same. */
  readonly meaningDigest: string;
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  /** Name of the artifact with the sealed plan; null when it was not sealed. */
  readonly artifact: string | null;
}

/** What an environment's containers and plans are made with, as `git-flow` `mode: configuration` found it. */
export interface ConfigurationPart {
  readonly environment: string;
  /** `sha256:…`, see trust.md 'Subject of an approval'. */
  readonly digest: string;
  /** What went into it, by name: digests of files and of the block, and keyed digests of secrets. */
  readonly members: Readonly<Record<string, string>>;
}

export interface Approver {
  readonly login: string;
  readonly group: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly comment: string;
}

/** One request for approval and how it ended. */
export interface ApprovalPart {
  readonly environment: string;
  /** `sha256:…` of the subject that was shown. */
  readonly subject: string;
  readonly decision: 'approved' | 'rejected' | 'timed-out' | 'superseded' | 'pending' | 'error';
  /** Address of the request. */
  readonly url: string;
  /** ISO 8601, UTC: after it the request counts no more, and neither does its approval. */
  readonly deadline: string;
  readonly approvers: readonly Approver[];
}

export interface RecordParts {
  readonly images: readonly ImagePart[];
  readonly machineImages: readonly MachineImagePart[];
  readonly plans: readonly PlanPart[];
  readonly configurations: readonly ConfigurationPart[];
  readonly approvals: readonly ApprovalPart[];
  readonly deployments: readonly DeploymentPart[];
  readonly tests: readonly TestPart[];
  readonly timings: readonly TimingPart[];
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
  /** Why it did not succeed: code and message, never a secret. */
  readonly cause: { readonly code: string; readonly message: string; readonly hint: string } | null;
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

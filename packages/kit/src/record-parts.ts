// What a delivery record is made of: one shape for each kind of thing that a leg has made, decided or tried.

export type StageName = 'images' | 'machine-images' | 'plan' | 'approval' | 'deploy' | 'finish' | 'notify';
export type LegResult = 'success' | 'failure' | 'cancelled';

export interface PlatformSize {
  readonly platform: string;
  /** Bytes a node pulls: the sum of the layer descriptors' sizes. */
  readonly compressed: number;
  /** Bytes a disk holds: the sum of the unpacked layers. */
  readonly uncompressed: number;
  /** `sha256:…` of the platform's own manifest. */
  readonly digest?: string;
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
  /** What the examination of its bytes came to when it was built; one that failed is never published. */
  readonly verdict?: 'pass' | 'warn' | 'fail';
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
  /** Of each step that was judged against the former version. */
  readonly analyses?: readonly AnalysisPart[];
}

export interface AnalysisPart {
  /** Wanted share of the requests, 0 to 100; null where signs on them decided. */
  readonly percent: number | null;
  readonly observed: number | null;
  readonly requests: number;
  readonly errors: number;
  readonly p: number;
  readonly verdict: 'pass' | 'fail' | 'not-enough-data';
  readonly reason: string;
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

// The run as GitHub describes it in the environment and the event file, parsed once.

export interface Repository {
  readonly owner: string;
  readonly name: string;
  /** `owner/name` */
  readonly fullName: string;
}

export interface Context {
  readonly eventName: string;
  /** The event payload as GitHub sent it; hostile text inside. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly ref: string;
  readonly sha: string;
  readonly repository: Repository;
  readonly actor: string;
  readonly triggeringActor: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly runNumber: number;
  readonly job: string;
  readonly workflow: string;
  /** `owner/repo/.github/workflows/file.yml@ref` of the caller. */
  readonly workflowRef: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly workspace: string;
  /** The address of this run for people. */
  readonly runUrl: string;
}

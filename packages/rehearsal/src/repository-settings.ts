// What the administrators of a repository have set: variables, secrets, environments, rules.

export interface EnvironmentSettings {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Patterns of branches, or of whole references such as a pull request's merge reference, allowed to deploy; empty: all. */
  readonly branches: readonly string[];
  /** Patterns of tags allowed to deploy where branches are limited; none unless said. */
  readonly tags?: readonly string[];
  /** Logins of whom one must approve before a job begins; nobody unless said. */
  readonly reviewers?: readonly string[];
  /** Whether who started the run may not approve it; it may unless said. */
  readonly preventSelfReview?: boolean;
  /** Minutes that a job waits before it begins; none unless said. */
  readonly waitMinutes?: number;
}

export const allMergeMethods = ['merge', 'squash', 'rebase'] as const;
export type MergeMethod = (typeof allMergeMethods)[number];

export interface RepositorySettings {
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly environments: Readonly<Record<string, EnvironmentSettings>>;
  /** Patterns of protected branches. */
  readonly protectedBranches: readonly string[];
  /** Check names that must be green before a pull request into a protected branch merges; none unless said. */
  readonly requiredChecks?: readonly string[];
  /** Patterns of tags that only an administrator or an App on the bypass list moves or deletes; none unless said. */
  readonly protectedTags?: readonly string[];
  /** Patterns of tags that only those make; none unless said. */
  readonly reservedTags?: readonly string[];
  /**
   * Slugs of Apps that the rules of branches and tags do not bind; none unless said. Jobs' own tokens are never among
   * them: GitHub refuses "GitHub Actions" there (422, "must be part of the ruleset source or owner organization").
   */
  readonly bypassApps?: readonly string[];
  /** How pull requests may be merged; in all ways unless said. */
  readonly mergeMethods?: readonly MergeMethod[];
  /** True: no merge commit enters a protected branch. */
  readonly linearHistory?: boolean;
  /** True: a pull request into a protected branch needs a review by the owners of what it changes. */
  readonly codeOwnerReview?: boolean;
  /** What a job's token has in a workflow that says nothing; read unless said. */
  readonly workflowPermissions?: 'read' | 'write';
  /** False: a job's token opens no pull request. A new repository on GitHub begins so; here it may unless said. */
  readonly jobsOpenPulls?: boolean;
  /** Names of the organisation's secrets and variables that this repository may use. */
  readonly organization?: { readonly secrets: readonly string[]; readonly variables: readonly string[] };
  /** Readable without a token; private unless said. */
  readonly public?: boolean;
  /** A reference that does not exist means the default branch: one state stands in for every release. */
  readonly everyReference?: boolean;
}

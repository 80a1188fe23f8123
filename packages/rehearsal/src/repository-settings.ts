// What the administrators of a repository have set: variables, secrets, environments, rules.

export interface EnvironmentSettings {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Patterns of branches, or of whole references such as a pull request's merge reference, allowed to deploy; empty: all. */
  readonly branches: readonly string[];
  /** Patterns of tags allowed to deploy where branches are limited; none unless said. */
  readonly tags?: readonly string[];
}

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
  /** Patterns of tags that only an administrator moves or deletes; none unless said. */
  readonly protectedTags?: readonly string[];
  /**
   * Slugs of Apps that the rules of branches and tags do not bind; none unless said. Jobs' own tokens are never among
   * them: GitHub refuses "GitHub Actions" there (422, "must be part of the ruleset source or owner organization").
   */
  readonly bypassApps?: readonly string[];
  /** Readable without a token; private unless said. */
  readonly public?: boolean;
}

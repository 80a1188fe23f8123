// GitHub REST as actions see it; Octokit behind it, loaded at the first call.

export interface GitHubResponse<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: T;
}

export interface GitHub {
  /** `route` as in GitHub's reference: `GET /repos/{owner}/{repo}/actions/artifacts`; owner and repo are filled in. */
  request<T>(route: string, parameters?: Readonly<Record<string, unknown>>): Promise<GitHubResponse<T>>;
  /** All pages, in order; `key` names the list inside the answer (`artifacts`), absent for a bare list. */
  paginate<T>(route: string, parameters?: Readonly<Record<string, unknown>>, key?: string): Promise<readonly T[]>;
  /** The bytes of an artifact's zip, redirect followed without the token. */
  downloadArtifact(artifactId: number): Promise<Uint8Array>;
}

/** Connects with a token; throttling, retries and a deadline are inside. */
export type ConnectGitHub = (token: string) => Promise<GitHub>;

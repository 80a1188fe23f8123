// GitHub REST as actions see it; Octokit behind it, loaded at the first call.
import type { Readable } from 'node:stream';
import type { Repository } from './context.js';
import { ActionError } from './errors.js';
import type { Http } from './http.js';

export interface GitHubResponse<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: T;
}

export interface GitHub {
  /** `route` as in GitHub's reference: `GET /repos/{owner}/{repo}/actions/artifacts`; owner and repo are filled in. */
  request<T>(route: string, parameters?: Readonly<Record<string, unknown>>): Promise<GitHubResponse<T>>;
  /** All pages, in order; `key` names the list inside the answer (`artifacts`), absent for a bare list. */
  paginate<T>(
    route: string,
    parameters?: Readonly<Record<string, unknown>>,
    key?: string,
  ): Promise<readonly T[]>;
  /** The bytes of an artifact's zip, redirect followed without the token. */
  downloadArtifact(artifactId: number): Promise<Uint8Array>;
  /** The bytes of a file of a release, likewise. */
  downloadAsset(assetId: number): Promise<Uint8Array>;
}

/** Connects with a token; throttling, retries and a deadline are inside. */
export type ConnectGitHub = (token: string) => Promise<GitHub>;

export interface GitHubOptions {
  readonly apiUrl: string;
  readonly repository: Repository;
  readonly http: Http;
  /** The step's signal: every waiting call ends with it. */
  readonly signal?: AbortSignal;
  /** Milliseconds one call may take with all its retries; 120,000 unless said. */
  readonly deadlineMs?: number;
  /** How often a failed call is tried again; 4 unless said. */
  readonly retries?: number;
}

/**
 * GitHub's REST interface with a token. Octokit is loaded by the first call, and speaks through `http`.
 * @throws {ActionError} from its calls: `github-permission` (403, 404), `github-failed`, `github-timed-out`.
 */
export function connectGitHub(token: string, options: GitHubOptions): Promise<GitHub> {
  if (token !== '') return Promise.resolve(createGitHub(token, options));
  return Promise.reject(
    new ActionError({
      code: 'github-token-missing',
      message: 'a token for the GitHub API was expected, none was given',
      hint: `Pass github-token: \${{ github.token }} under with: of this step.`,
    }),
  );
}

function createGitHub(token: string, options: GitHubOptions): GitHub {
  let client: Promise<Client> | null = null;
  const connected = (): Promise<Client> => {
    client ??= import('./octokit.js').then((module) => module.createClient(token, options));
    return client;
  };
  const request = async <T>(route: string, parameters: Parameters = {}): Promise<GitHubResponse<T>> =>
    (await (await connected()).request(route, parameters)) as GitHubResponse<T>;
  return {
    request,
    paginate: (route, parameters, key) =>
      paginate(request, { route, parameters: parameters ?? {}, key: key ?? null }),
    downloadArtifact: (artifactId) =>
      download(request, options, { route: artifactRoute, parameters: { artifact_id: artifactId } }),
    downloadAsset: (assetId) =>
      download(request, options, { route: assetRoute, parameters: { asset_id: assetId, headers: asBytes } }),
  };
}

type Parameters = Readonly<Record<string, unknown>>;
type Request = <T>(route: string, parameters?: Parameters) => Promise<GitHubResponse<T>>;

/** What `octokit.ts` makes. */
export interface Client {
  request(route: string, parameters: Parameters): Promise<GitHubResponse<unknown>>;
}

interface Listing {
  readonly route: string;
  readonly parameters: Parameters;
  readonly key: string | null;
}

/** More pages than any list we read has; a server that always links on must not hold us. */
const maxPages = 100;

async function paginate<T>(request: Request, { route, parameters, key }: Listing): Promise<readonly T[]> {
  const items: T[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const { data, headers } = await request<unknown>(route, { per_page: 100, ...parameters, page });
    const list: unknown = key === null ? data : (data as Record<string, unknown> | null)?.[key];
    if (!Array.isArray(list)) throw unexpected(route, key === null ? 'a list' : `a list named ${key}`);
    items.push(...(list as T[]));
    if (!String(headers['link'] ?? '').includes('rel="next"')) return items;
  }
  throw unexpected(route, `at most ${maxPages} pages`);
}

const artifactRoute = 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/zip';
const assetRoute = 'GET /repos/{owner}/{repo}/releases/assets/{asset_id}';
/** Without it GitHub describes the file. Source: https://docs.github.com/rest/releases/assets#get-a-release-asset */
const asBytes = { accept: 'application/octet-stream' };

interface Download {
  readonly route: string;
  readonly parameters: Parameters;
}

/** GitHub answers with a redirect to storage that must not see our token. */
async function download(
  request: Request,
  options: GitHubOptions,
  { route, parameters }: Download,
): Promise<Uint8Array> {
  const { status, headers, data } = await request<unknown>(route, parameters);
  if (status === 200 && data instanceof ArrayBuffer) return new Uint8Array(data);
  const location = String(headers['location'] ?? '');
  if (status !== 302 || location === '') throw unexpected(route, 'a redirect');
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const response = await options.http({
    url: new URL(location, options.apiUrl).href,
    timeoutMs: 60_000,
    ...signal,
  });
  if (response.status !== 200) {
    response.body.destroy();
    throw unexpected(route, `status 200 from the storage, not ${response.status}`);
  }
  return readBytes(response.body, route);
}

const maxDownloadBytes = 64 * 1024 * 1024;

async function readBytes(body: Readable, route: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxDownloadBytes) throw unexpected(route, `at most ${maxDownloadBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unexpected(route: string, wanted: string): ActionError {
  return new ActionError({
    code: 'github-failed',
    message: `${route}: ${wanted} was expected in the answer`,
    hint: 'See https://www.githubstatus.com, then re-run the failed jobs.',
  });
}

// An in-memory GitHub port: routes as in GitHub's reference, answered by the test.
import { ActionError } from '../errors.js';
import type { ConnectGitHub, GitHub, GitHubResponse } from '../github.js';

type Parameters = Readonly<Record<string, unknown>>;

export interface GitHubCall {
  readonly route: string;
  readonly parameters: Parameters;
}

export interface TestGitHub extends GitHub {
  readonly calls: readonly GitHubCall[];
  /** `route` as passed to `request`; the answer is the data, or a function of the parameters. The latest wins. */
  on(route: string, answer: unknown | ((parameters: Parameters) => unknown)): void;
  /** The bytes of an artifact: a zip made by the test. */
  addArtifact(id: number, bytes: Uint8Array): void;
  /** The bytes of a file of a release. */
  addAsset(id: number, bytes: Uint8Array): void;
  /** For `deps.connectGitHub`. */
  readonly connect: ConnectGitHub;
}

/** What no route answers is 404, as `connectGitHub` reports it. */
export function createTestGitHub(): TestGitHub {
  const answers = new Map<string, unknown>();
  const artifacts = new Map<number, Uint8Array>();
  const assets = new Map<number, Uint8Array>();
  const bytesOf = (of: ReadonlyMap<number, Uint8Array>, id: number, what: string): Uint8Array => {
    const bytes = of.get(id);
    if (bytes === undefined) throw notFound(`${what} ${id}`);
    return bytes;
  };
  const calls: GitHubCall[] = [];
  const request = async <T>(route: string, parameters: Parameters = {}): Promise<GitHubResponse<T>> => {
    calls.push({ route, parameters });
    if (!answers.has(route)) throw notFound(route);
    const answer = answers.get(route);
    const data: unknown = typeof answer === 'function' ? await answer(parameters) : answer;
    return { status: 200, headers: {}, data: data as T };
  };
  const github: TestGitHub = {
    calls,
    on: (route, answer) => void answers.set(route, answer),
    addArtifact: (id, bytes) => void artifacts.set(id, bytes),
    addAsset: (id, bytes) => void assets.set(id, bytes),
    connect: async () => github,
    request,
    async paginate<T>(route: string, parameters?: Parameters, key?: string) {
      const { data } = await request<unknown>(route, parameters);
      const list = key === undefined ? data : (data as Record<string, unknown>)[key];
      return list as readonly T[];
    },
    downloadArtifact: async (id) => bytesOf(artifacts, id, 'artifact'),
    downloadAsset: async (id) => bytesOf(assets, id, 'file'),
  };
  return github;
}

function notFound(what: string): ActionError {
  return new ActionError({
    code: 'github-permission',
    message: `${what} answered 404: Not Found`,
    hint: 'See that it exists; if it does, add the permission this call needs to `permissions:` of the job.',
    cause: { status: 404 },
  });
}

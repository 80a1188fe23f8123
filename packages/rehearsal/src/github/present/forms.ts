// Forms that all of GitHub's answers share: times, node ids, addresses.
import type { RepositoryState, State } from '../state.js';

/** Order of names by their characters, the same everywhere. */
export const alphabetical = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

export type Json = Readonly<Record<string, unknown>>;

/** `2026-11-20T10:00:00Z` */
export const isoTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export const isoTimeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

export const nodeId = (kind: string, id: number | string): string =>
  Buffer.from(`${kind}:${id}`).toString('base64url');

/** A path below a URL with every segment escaped: branch names hold `#`, `%` and blanks. */
export const escapePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export const repositoryApi = (state: State, repository: RepositoryState): string =>
  `${state.apiUrl}/repos/${repository.fullName}`;

export const repositoryPage = (state: State, repository: RepositoryState): string =>
  `${state.serverUrl}/${repository.fullName}`;

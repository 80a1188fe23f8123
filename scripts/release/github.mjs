// GitHub REST for the release. Its job may write, so it loads no package: fetch alone.
import { setTimeout as sleep } from 'node:timers/promises';
import { ReleaseProblem } from './problem.mjs';

/**
 * @typedef {object} GitHub
 * @property {(path: string) => Promise<any>} get below the repository; null for 404
 * @property {(path: string) => Promise<any[]>} list all pages
 * @property {(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<any>} send never sent twice
 * @property {(address: string, asset: { name: string, type: string, bytes: Uint8Array }) => Promise<any>} upload
 */

/** @typedef {(url: string, init: RequestInit) => Promise<Response>} Fetch */

const deadlineMs = 60_000;
const uploadDeadlineMs = 600_000;
/** Pauses before a read is tried again. */
const pausesMs = [1_000, 4_000];
/** More pages than this repository has releases. */
const mostPages = 50;

/**
 * @param {{ apiUrl: string, repository: string, token: string, fetch?: Fetch, pauses?: readonly number[] }} options
 * @returns {GitHub}
 */
export function connectGitHub({ apiUrl, repository, token, fetch: request = fetch, pauses = pausesMs }) {
  const base = `${apiUrl}/repos/${repository}`;
  const headers = {
    accept: 'application/vnd.github+json',
    'user-agent': 'headgate-release',
    'x-github-api-version': '2022-11-28',
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  const read = createReader(request, headers, pauses);
  return {
    async get(path) {
      const response = await read(`${base}${path}`);
      return response.status === 404 ? null : answerOf(response, `GET ${path}`);
    },
    async list(path) {
      const items = [];
      for (let page = 1; page <= mostPages; page += 1) {
        const response = await read(`${base}${path}?per_page=100&page=${page}`);
        items.push(...(await answerOf(response, `GET ${path}`)));
        if (!response.headers.get('link')?.includes('rel="next"')) break;
      }
      return items;
    },
    async send(method, path, body) {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const signal = AbortSignal.timeout(deadlineMs);
      const sent = { ...headers, 'content-type': 'application/json' };
      const response = await request(`${base}${path}`, { method, headers: sent, signal, ...text });
      return answerOf(response, `${method} ${path}`);
    },
    async upload(address, { name, type, bytes }) {
      const url = `${address.replace(/\{.*\}$/, '')}?name=${encodeURIComponent(name)}`;
      const signal = AbortSignal.timeout(uploadDeadlineMs);
      const sent = { ...headers, 'content-type': type };
      const body = new Uint8Array(bytes);
      const response = await request(url, { method: 'POST', headers: sent, body, signal });
      return answerOf(response, `the upload of ${name}`);
    },
  };
}

/**
 * Reads are tried again; what changes something is not, because it may have been carried out.
 * @param {Fetch} request
 * @param {Record<string, string>} headers
 * @param {readonly number[]} pauses
 */
function createReader(request, headers, pauses) {
  return async (/** @type {string} */ url) => {
    for (let attempt = 0; ; attempt += 1) {
      const pause = pauses[attempt];
      const signal = AbortSignal.timeout(deadlineMs);
      const response = await request(url, { headers, signal }).catch((error) => {
        if (pause === undefined) throw error;
        return null;
      });
      if (response && (response.status < 500 || pause === undefined)) return response;
      await sleep(pause);
    }
  };
}

/** @param {Response} response @param {string} what @returns {Promise<any>} @throws {ReleaseProblem} */
async function answerOf(response, what) {
  const text = await response.text();
  if (response.ok) return text === '' ? null : JSON.parse(text);
  const hint =
    response.status === 401 || response.status === 403
      ? 'Give the job `contents: write`, and pass its token as GITHUB_TOKEN.'
      : 'See https://www.githubstatus.com, then re-run the failed jobs: what was done is not done again.';
  throw new ReleaseProblem(
    `${what} was expected to succeed, GitHub answered ${response.status}: ${messageOf(text)}`,
    hint,
  );
}

/** @param {string} text */
function messageOf(text) {
  try {
    const { message, errors } = JSON.parse(text);
    return [message, ...(errors ?? []).map((/** @type {any} */ each) => each?.message ?? each?.code)].join(
      ', ',
    );
  } catch {
    return text.slice(0, 200);
  }
}

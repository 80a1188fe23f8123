// One REST request, start to end: who asks, which operation, may they, is it well formed, and is the answer.
import type { Access } from './access.js';
import { type Caller, demand } from './callers.js';
import { matchOperation } from './description.js';
import type { Call, Registry } from './operation.js';
import { type Limits, rateHeaders } from './rate-limit.js';
import { HttpProblem, notFound, pageOf, type Reply } from './reply.js';
import { parseBody, type RestAnswer, type RestRequest, withTag } from './rest-message.js';
import { findRepository, type RepositoryState, type State } from './state.js';
import { checkRequest, checkResponse } from './validation.js';

export interface Rest {
  answer(request: RestRequest): Promise<RestAnswer>;
}

interface Parts {
  readonly state: State;
  readonly access: Access;
  readonly registry: Registry;
  readonly limits: Limits;
}

/** The repository of the path, if the caller can see it: otherwise it does not exist for them. */
function visible(parts: Parts, caller: Caller, path: Readonly<Record<string, string>>): RepositoryState {
  const repository = findRepository(parts.state, `${path['owner']}/${path['repo']}`);
  if (repository === undefined || caller.level(repository, 'metadata') === null) throw notFound();
  return repository;
}

async function handle(
  parts: Parts,
  caller: Caller,
  request: RestRequest,
): Promise<Reply & { link: string | null }> {
  const { state, registry } = parts;
  const violate = (side: 'request' | 'response', operation: string, problem: string): void => {
    state.violations.push({ side, operation, problem });
  };
  const match = matchOperation(request.method, request.path);
  const id = match?.operation.id ?? '';
  const inRepository = registry.repository[id];
  const operation = inRepository ?? registry.account[id];
  if (match === null || operation === undefined) {
    violate('request', `${request.method} ${request.path}`, 'unknown operation');
    throw notFound();
  }
  const repository = inRepository === undefined ? null : visible(parts, caller, match.parameters);
  if (repository !== null && inRepository !== undefined) demand(caller, repository, inRepository.needs);
  const query = Object.fromEntries(request.url.searchParams);
  const body = match.operation.body === null ? undefined : parseBody(request);
  const problem = checkRequest(match.operation, { path: match.parameters, query, body });
  if (problem !== null) {
    violate('request', id, problem);
    throw new HttpProblem(422, `Invalid request.\n\n${id}: ${problem}.`);
  }
  let link: string | null = null;
  const call: Call = {
    state,
    access: parts.access,
    caller,
    path: match.parameters,
    query,
    body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
    bytes: request.bytes,
    accept: String(request.headers['accept'] ?? ''),
    contentType: String(request.headers['content-type'] ?? 'application/octet-stream'),
    page: (items) => {
      const page = pageOf(items, request.url);
      link = page.link;
      return page.items as typeof items;
    },
    allowance: () => parts.limits.count(caller, request.path, false),
  };
  const reply =
    inRepository !== undefined && repository !== null
      ? await inRepository.handle({ ...call, repository })
      : await registry.account[id]?.handle(call);
  if (reply === undefined) throw notFound();
  const wrong = checkResponse(match.operation, reply.status, reply.body);
  if (wrong !== null) {
    violate('response', id, wrong);
    throw new HttpProblem(500, `The double's answer is not GitHub's: ${id}: ${wrong}.`);
  }
  return { ...reply, link };
}

async function answerOnce(
  parts: Parts,
  caller: Caller,
  request: RestRequest,
): Promise<Omit<RestAnswer, 'login'>> {
  const json = { 'content-type': 'application/json; charset=utf-8' };
  try {
    parts.limits.refuse(caller, request.path);
    const reply = await handle(parts, caller, request);
    const headers = { ...json, ...reply.headers, ...(reply.link === null ? {} : { link: reply.link }) };
    const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
    return withTag(request, { status: reply.status, headers, text });
  } catch (error) {
    const problem = error instanceof URIError ? new HttpProblem(400, 'Malformed path') : error;
    if (problem instanceof HttpProblem) {
      return {
        status: problem.status,
        headers: { ...json, ...problem.headers },
        text: JSON.stringify(problem.body()),
      };
    }
    parts.state.violations.push({ side: 'response', operation: request.path, problem: String(error) });
    return { status: 500, headers: json, text: JSON.stringify({ message: String(error) }) };
  }
}

export function createRest(parts: Parts): Rest {
  return {
    answer: async (request) => {
      let caller: Caller;
      try {
        caller = parts.access.identify(request.headers['authorization'] as string | undefined);
      } catch (error) {
        if (!(error instanceof HttpProblem)) throw error;
        return {
          status: error.status,
          headers: { 'content-type': 'application/json' },
          text: JSON.stringify(error.body()),
          login: '',
        };
      }
      const answer = await answerOnce(parts, caller, request);
      const charged = answer.status !== 304 && request.path !== '/rate_limit';
      return {
        ...answer,
        headers: { ...answer.headers, ...rateHeaders(parts.limits.count(caller, request.path, charged)) },
        login: caller.login,
      };
    },
  };
}

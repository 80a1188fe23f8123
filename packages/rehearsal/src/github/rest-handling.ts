// From a caller's request to an operation's answer, both held against the description on the way.
import type { Access } from './access.js';
import { type Caller, demand } from './callers.js';
import { type Match, matchOperation } from './description.js';
import type { Call, Registry } from './operation.js';
import type { Limits } from './rate-limit.js';
import { HttpProblem, notFound, pageOf, type Reply } from './reply.js';
import { parseBody, type RestRequest } from './rest-message.js';
import { findRepository, type RepositoryState, type State } from './state.js';
import { checkRequest, checkResponse } from './validation.js';

/** What the REST API is made of. */
export interface Parts {
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

interface Located {
  readonly id: string;
  readonly match: Match;
  run(call: Call): Promise<Reply> | Reply;
}

/** The operation behind a request, once its repository is in sight and the caller has the permission. */
function locate(parts: Parts, caller: Caller, request: RestRequest): Located {
  const { state, registry } = parts;
  const match = matchOperation(request.method, request.path);
  const id = match?.operation.id ?? '';
  const inRepository = registry.repository[id];
  const account = registry.account[id];
  if (match !== null && inRepository !== undefined) {
    const repository = visible(parts, caller, match.parameters);
    demand(caller, repository, inRepository.needs);
    return { id, match, run: (call) => inRepository.handle({ ...call, repository }) };
  }
  if (match !== null && account !== undefined) {
    return { id, match, run: (call) => account.handle(call) };
  }
  const operation = `${request.method} ${request.path}`;
  state.violations.push({ side: 'request', operation, problem: 'unknown operation' });
  throw notFound();
}

/** Tells which entries were never read: an answer that passes over a filter is no answer to the question. */
function watchReads(query: Readonly<Record<string, string>>): {
  readonly read: Readonly<Record<string, string>>;
  unread(): readonly string[];
} {
  // Pages are cut from the address itself.
  const seen = new Set<string>(['page', 'per_page']);
  const read = new Proxy(query, {
    get: (target, name) => {
      seen.add(String(name));
      return Reflect.get(target, name) as string | undefined;
    },
  });
  return { read, unread: () => Object.keys(query).filter((name) => !seen.has(name)) };
}

interface Asked {
  readonly call: Call;
  /** Query parameters that the operation never looked at. */
  unread(): readonly string[];
  /** The `Link` header of the page that was given out. */
  link(): string | null;
}

/** What the operation gets; 422 and a violation when the request differs from the description. */
function askedOf(parts: Parts, caller: Caller, at: { request: RestRequest; located: Located }): Asked {
  const { request, located } = at;
  const { operation, parameters: path } = located.match;
  const query = Object.fromEntries(request.url.searchParams);
  const body = operation.body === null ? undefined : parseBody(request);
  const problem = checkRequest(operation, { path, query, body });
  if (problem !== null) {
    parts.state.violations.push({ side: 'request', operation: located.id, problem });
    throw new HttpProblem(422, `Invalid request.\n\n${located.id}: ${problem}.`);
  }
  const { read, unread } = watchReads(query);
  let link: string | null = null;
  const call: Call = {
    state: parts.state,
    access: parts.access,
    caller,
    path,
    query: read,
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
  return { call, unread, link: () => link };
}

/** Throws HttpProblem with what GitHub would answer instead. */
export async function handle(
  parts: Parts,
  caller: Caller,
  request: RestRequest,
): Promise<Reply & { link: string | null }> {
  const located = locate(parts, caller, request);
  const { call, unread, link } = askedOf(parts, caller, { request, located });
  const reply = await located.run(call);
  for (const name of unread()) {
    const ignored = `query parameter ${name} is not followed by the double`;
    parts.state.violations.push({ side: 'request', operation: located.id, problem: ignored });
  }
  const problem = checkResponse(located.match.operation, reply.status, reply.body);
  if (problem !== null) {
    parts.state.violations.push({ side: 'response', operation: located.id, problem });
    throw new HttpProblem(500, `The double's answer is not GitHub's: ${located.id}: ${problem}.`);
  }
  return { ...reply, link: link() };
}

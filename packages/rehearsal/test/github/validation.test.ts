import { createFakeClock } from '@headgate/kit/testing/clock';
import { describe, expect, it } from '@jest/globals';
import { createAccess } from '../../src/github/access.js';
import { description, matchOperation, type OperationDescription } from '../../src/github/description.js';
import { createState } from '../../src/github/host.js';
import type { Registry } from '../../src/github/operation.js';
import { createLimits } from '../../src/github/rate-limit.js';
import { registry } from '../../src/github/registry.js';
import { ok } from '../../src/github/reply.js';
import { createRest, type Rest } from '../../src/github/rest.js';
import type { State } from '../../src/github/state.js';
import { checkPayload, checkRequest, checkResponse } from '../../src/github/validation.js';

function operation(id: string): OperationDescription {
  const found = description.operations.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no operation ${id}`);
  return found;
}

function restOf(replaced: Registry): { rest: Rest; state: State; token: string } {
  const clock = createFakeClock();
  const state = createState({ directory: '/nowhere', clock });
  state.serverUrl = 'http://127.0.0.1:1';
  state.apiUrl = 'http://127.0.0.1:1/api/v3';
  const access = createAccess(state);
  access.setRole('ann', 'admin');
  const rest = createRest({ state, access, registry: replaced, limits: createLimits(clock) });
  return { rest, state, token: access.token('ann') };
}

const get = (path: string, token: string): Parameters<Rest['answer']>[0] => ({
  method: 'GET',
  path,
  url: new URL(`http://127.0.0.1:1/api/v3${path}`),
  headers: { authorization: `token ${token}` },
  bytes: Buffer.alloc(0),
});

describe('the description', () => {
  it('has exactly the operations that the double answers', () => {
    const answered = new Set([...Object.keys(registry.repository), ...Object.keys(registry.account)]);

    expect(new Set(description.operations.map(({ id }) => id))).toEqual(answered);
  });

  it.each([
    ['/repos/o/r/commits/feature/a/status', 'repos/get-combined-status-for-ref', { ref: 'feature/a' }],
    ['/repos/o/r/commits/feature%2Fa', 'repos/get-commit', { ref: 'feature/a' }],
    ['/repos/o/r/branches/release/1.0.0', 'repos/get-branch', { branch: 'release/1.0.0' }],
    [
      '/repos/o/r/branches/release/1.0.0/protection',
      'repos/get-branch-protection',
      { branch: 'release/1.0.0' },
    ],
    ['/repos/o/r/compare/a...b/c', 'repos/compare-commits-with-basehead', { basehead: 'a...b/c' }],
    ['/repos/o/r/releases/latest', 'repos/get-latest-release', {}],
    ['/repos/o/r/git/ref/heads/a%23b', 'git/get-ref', { ref: 'heads/a#b' }],
  ])('finds the operation of %s', (path, id, parameters) => {
    const match = matchOperation('GET', path);

    expect(match?.operation.id).toBe(id);
    expect(match?.parameters).toMatchObject({ owner: 'o', repo: 'r', ...parameters });
  });
});

describe('a request', () => {
  const path = { owner: 'o', repo: 'r' };
  const title = { title: 'T', head: 'h', base: 'b' };

  it.each([
    ['a wrong type', 'pulls/create', {}, { ...title, draft: 'yes' }, 'body/draft must be boolean'],
    [
      'a missing member',
      'git/create-ref',
      {},
      { ref: 'refs/heads/x' },
      "body must have required property 'sha'",
    ],
    [
      'an unknown member',
      'pulls/create',
      {},
      { ...title, reviewer: 'x' },
      'body/reviewer is not in the description',
    ],
    ['a missing body', 'git/create-ref', {}, undefined, 'a JSON body is missing'],
    [
      'a wrong parameter',
      'pulls/list',
      { state: 'merged' },
      undefined,
      'query parameter state/value must be equal to one of the allowed values',
    ],
    [
      'an unknown parameter',
      'pulls/list',
      { sate: 'open' },
      undefined,
      'query parameter sate is not in the description',
    ],
    [
      'a number that is none',
      'pulls/list',
      { page: 'one' },
      undefined,
      'query parameter page/value must be integer',
    ],
  ])('with %s is refused', (_name, id, query, body, problem) => {
    expect(checkRequest(operation(id), { path, query: query as Record<string, string>, body })).toBe(problem);
  });

  it('that fits is let through', () => {
    expect(
      checkRequest(operation('pulls/list'), { path, query: { page: '2', state: 'all' }, body: undefined }),
    ).toBeNull();
    expect(checkRequest(operation('pulls/create'), { path, query: {}, body: title })).toBeNull();
  });
});

describe('a response', () => {
  it.each([
    [
      'a member of the wrong type',
      { total_count: '1', artifacts: [] },
      'response/total_count must be integer',
    ],
    ['a missing member', { total_count: 0 }, "response must have required property 'artifacts'"],
  ])('with %s is caught', (_name, body, problem) => {
    expect(checkResponse(operation('actions/list-artifacts-for-repo'), 200, body)).toBe(problem);
  });

  it('with a status that GitHub does not give is caught', () => {
    expect(checkResponse(operation('git/delete-ref'), 200, {})).toBe('status 200 is not in the description');
  });

  it('of a presenter gone wrong becomes a 500 that says so, and a violation', async () => {
    const right = registry.account['users/get-by-username'];
    if (right === undefined) throw new Error('no such operation');
    const { rest, state, token } = restOf({
      ...registry,
      account: {
        ...registry.account,
        'users/get-by-username': {
          handle: async (call) => ok({ ...((await right.handle(call)).body as object), login: 7 }),
        },
      },
    });

    const answer = await rest.answer(get('/users/ann', token));

    expect(answer.status).toBe(500);
    expect(answer.text).toContain('response/login must be string');
    expect(state.violations).toMatchObject([{ side: 'response', operation: 'users/get-by-username' }]);
  });

  it('of the real presenter passes', async () => {
    const { rest, state, token } = restOf(registry);

    expect(await rest.answer(get('/users/ann', token))).toMatchObject({ status: 200 });
    expect(state.violations).toEqual([]);
  });

  it('to an operation outside the cut is 404 and a violation', async () => {
    const { rest, state, token } = restOf(registry);

    expect(await rest.answer(get('/gists', token))).toMatchObject({ status: 404 });
    expect(state.violations).toEqual([
      { side: 'request', operation: 'GET /gists', problem: 'unknown operation' },
    ]);
  });
});

describe('an event payload', () => {
  it('without what GitHub always sends is caught', () => {
    expect(checkPayload('workflow_dispatch', { inputs: {}, workflow: 'x' })).toMatch(
      /must have required property 'ref'/u,
    );
  });

  it('of an event that the description does not hold is let through', () => {
    expect(checkPayload('schedule', { schedule: '0 0 * * *' })).toBeNull();
  });
});

// The contract with action.yml, the inputs, and the bundle as a runner starts it.
import { existsSync } from 'node:fs';
import { createInputReader } from '@headgate/kit/inputs';
import { type FinishedAction, runBundle } from '@headgate/kit/testing/action';
import { actionFile } from '@headgate/kit/testing/action-file';
import { contractProblems } from '@headgate/kit/testing/contract';
import { createTestCore } from '@headgate/kit/testing/core';
import { startTestServer, type TestServer } from '@headgate/kit/testing/http-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Inputs, inputSpecs, legOf, outputNames, readInputs } from '../src/inputs.js';
import { subject } from './scene.js';

const main = actionFile(import.meta.url, 'dist/index.js');
const built = existsSync(main);
if (!built)
  process.stdout.write('action.test.ts skipped: dist/ of approval-gate is not built (npm run build)\n');
const onBundle = built ? describe : describe.skip;

const given = {
  mode: 'wait',
  environment: 'production',
  groups: 'engineering: {members: [ada, grace], quorum: 1}',
  subject,
  'github-token': 'a-token',
};
const read = (inputs: Readonly<Record<string, string>>): Inputs =>
  readInputs(createInputReader(inputSpecs, createTestCore(inputs)));

it('action.yml and the code agree', () => {
  const file = actionFile(import.meta.url, 'action.yml');
  expect(contractProblems({ file, specs: inputSpecs, outputNames })).toEqual([]);
});

describe('the inputs', () => {
  it('come from settings as decide makes them', () => {
    const settings = {
      leg: 'production',
      environment: 'production',
      groups: { engineering: { members: ['ada'], quorum: 1 } },
      exclude: ['actor'],
      'exclude-authors': true,
      expires: '720h',
      'park-after': '340m',
      interval: '1s',
      notices: ['one, two', 'three'],
    };
    const inputs = read({
      mode: 'wait',
      subject,
      'github-token': 'a-token',
      settings: JSON.stringify(settings),
    });

    expect(inputs).toMatchObject({
      environment: 'production',
      policy: { exclude: ['actor'], excludeAuthors: true, expires: 720 * 3_600_000 },
      parkAfter: 340 * 60_000,
      interval: 1000,
      notices: ['one, two', 'three'],
    });
    expect(legOf(inputs)).toBe('production');
  });

  it.each([
    ['one, two\n\nthree', ['one, two', 'three']],
    [String.raw`["one, two", "three\nfour", ""]`, ['one, two', 'three four']],
    ['[not a list', ['[not a list']],
    ['[]', []],
  ])('take the notices %j as lines or as a list', (notices, lines) => {
    expect(read({ ...given, notices })).toMatchObject({ notices: lines });
  });

  it('exclude everybody who took part unless told otherwise', () => {
    expect(read(given)).toMatchObject({
      policy: {
        exclude: ['actor', 'triggering-actor', 'merger', 'pull-request-author'],
        excludeAuthors: false,
      },
    });
    expect(read({ ...given, exclude: 'none' })).toMatchObject({ policy: { exclude: [] } });
  });

  it('give a request a leg of its own, so that it never stands for the approval', () => {
    expect(legOf(read({ ...given, mode: 'request' }))).toBe('production/request');
    expect(legOf(read({ mode: 'resume', 'github-token': 'a-token' }))).toBe('resume');
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['mode', { mode: 'ask' }],
    ['environment', { environment: '' }],
    ['environment', { environment: '<b>' }],
    ['groups', { groups: '' }],
    ['exclude', { exclude: 'reviewer' }],
    ['expires', { expires: '31d' }],
    ['expires', { expires: '0' }],
    ['park-after', { 'park-after': '25h' }],
    ['interval', { interval: '1h' }],
    ['subject', { subject: 'sha256:abc' }],
    ['subject', { subject: '' }],
    ['configuration-digest', { 'configuration-digest': 'abc' }],
    ['bot', { bot: 'ada' }],
    ['github-token', { 'github-token': '' }],
  ])('are refused by name: %s of %j', (input, change) => {
    expect(() => read({ ...given, ...change })).toThrow(expect.objectContaining({ input }));
  });
});

onBundle('the bundle', () => {
  let server: TestServer;
  const pull = {
    number: 7,
    merged_at: '2026-01-01T00:00:00Z',
    merge_commit_sha: 'a'.repeat(40),
    user: { login: 'erin' },
    merged_by: { login: 'dana' },
    base: { sha: 'b'.repeat(40) },
    head: { sha: 'c'.repeat(40) },
  };
  const run = (inputs: Readonly<Record<string, string>>): Promise<FinishedAction> =>
    runBundle({
      main,
      inputs: { ...given, mode: 'request', ...inputs },
      env: { GITHUB_API_URL: server.url },
    });

  beforeEach(async () => {
    server = await startTestServer();
    const api = '/repos/acme/shop';
    server.on(`GET ${api}/commits/${'a'.repeat(40)}/pulls`, { json: [pull] });
    server.on(`GET ${api}/pulls/7`, { json: pull });
    server.on(`GET ${api}/actions/runs`, { json: { workflow_runs: [] } });
    server.on(`GET ${api}/issues/7/comments`, { json: [] });
    server.on(`POST ${api}/issues/7/comments`, ({ body }) => ({
      status: 201,
      json: {
        id: 900,
        user: { login: 'github-actions[bot]', type: 'Bot' },
        created_at: '2026-01-01T00:00:00Z',
        updated_at: '2026-01-01T00:00:00Z',
        html_url: 'https://github.com/acme/shop/pull/7#issuecomment-900',
        ...(JSON.parse(body) as object),
      },
    }));
  });
  afterEach(() => server.close());

  it('asks, and leaves outputs, a summary and an entry that is no approval', async () => {
    const finished = await run({});

    expect(finished.stderr).toBe('');
    expect(finished.exitCode).toBe(0);
    expect(finished.outputs.get('decision')).toBe('pending');
    expect(finished.outputs.get('id')).toBe('900');
    expect(finished.summary).toContain('Approval for production');
    expect(finished.entry).toMatchObject({ stage: 'approval', name: 'production/request', parts: {} });
  });

  it('refuses a quorum that nobody could reach before it writes anything', async () => {
    const finished = await run({ groups: 'engineering: {members: [dana]}' });

    expect(finished.exitCode).toBe(1);
    expect(finished.stdout).toContain('quorum-impossible');
    expect(server.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('names a wrong input before it asks anybody', async () => {
    const finished = await run({ interval: 'often' });

    expect(finished.exitCode).toBe(1);
    expect(finished.stdout).toContain('interval');
    expect(server.requests).toEqual([]);
  });
});

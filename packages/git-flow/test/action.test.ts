// The bundle, started as a runner starts it: inputs from the environment, results in the runner's files.
import { existsSync } from 'node:fs';
import { type FinishedAction, runBundle } from '@headgate/kit/testing/action';
import { actionFile } from '@headgate/kit/testing/action-file';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { startTestServer, type TestServer } from '@headgate/kit/testing/http-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decisionOf, entryOf, imageParts, zipOf } from './fixtures.js';

const main = actionFile(import.meta.url, 'dist/index.js');
const suite = existsSync(main) ? describe : describe.skip;
if (!existsSync(main)) process.stdout.write(`action.test.ts skipped: ${main} is not built (npm run build)\n`);

const headgate = `application: shop
registry: {host: registry.example.com, username: robot}
images: {shop: {}}
`;

suite('the bundle', () => {
  let repository: TestRepository;
  let github: TestServer;

  beforeEach(async () => {
    repository = createTestRepository();
    repository.commit('start', { 'headgate.yml': headgate, Dockerfile: 'FROM scratch' });
    github = await startTestServer();
  });

  afterEach(async () => {
    repository.remove();
    await github.close();
  });

  function start(inputs: Readonly<Record<string, string>>, branch: string): Promise<FinishedAction> {
    const ref = `refs/heads/${branch}`;
    const env = {
      GITHUB_API_URL: github.url,
      GITHUB_REF: ref,
      GITHUB_SHA: repository.git('rev-parse', 'HEAD'),
    };
    const given = { 'github-token': 'a-token-of-this-job', ...inputs };
    return runBundle({ main, env, workspace: repository.directory, event: { ref }, inputs: given });
  }

  it('decides a push to develop', async () => {
    const result = await start({ mode: 'decide', vars: '{}' }, 'develop');

    expect(result.exitCode).toBe(0);
    expect(result.outputs.get('publish')).toBe('true');
    expect(result.outputs.get('result')).toBe('success');
    expect(JSON.parse(result.outputs.get('images') ?? '')).toMatchObject([
      { name: 'shop', settings: { image: 'registry.example.com/acme/shop', publish: true } },
    ]);
    expect(result.summary).toContain('what happens to develop');
  });

  it('asks GitHub with the token whether a pull request covers a feature push', async () => {
    const pull = {
      number: 7,
      head: { ref: 'feature/x', repo: { full_name: 'acme/shop' } },
      base: { ref: 'develop' },
    };
    github.on('GET /repos/acme/shop/pulls', { json: [pull] });

    const result = await start({ mode: 'decide' }, 'feature/x');

    expect(result.outputs.get('nothing')).toMatch(/^covered by #7/);
    expect(github.requests[0]?.headers['authorization']).toContain('a-token-of-this-job');
    expect(github.requests[0]?.query.get('head')).toBe('acme:feature/x');
  });

  it('fails with every problem of headgate.yml in the annotation, before anything else happens', async () => {
    repository.commit('wrong', { 'headgate.yml': `${headgate}enviroments: {}\n` });

    const result = await start({ mode: 'decide' }, 'feature/x');

    expect(result.exitCode).toBe(1);
    expect(result.outputs.get('result')).toBe('failure');
    expect(result.stdout).toMatch(/^::error .*invalid-configuration/m);
    expect(result.stdout).toContain('headgate.yml:4:1: unknown key `enviroments`');
    expect(github.requests).toEqual([]);
  });

  it('a branch called like a workflow command changes nothing', async () => {
    const result = await start({ mode: 'decide' }, 'wip/%0A::set-output name=x::y');

    expect(result.exitCode).toBe(0);
    expect(result.outputs.has('x')).toBe(false);
    expect(result.stdout.split('\n').filter((line) => line.startsWith('::set-output'))).toEqual([]);
  });

  it('collects entries over REST into a record file', async () => {
    const entry = entryOf('images', 'shop', { parts: imageParts('1') });
    const artifacts = [{ id: 5, name: `headgate-entry-images-${entry.leg}-1`, expired: false }];
    github.on('GET /repos/acme/shop/actions/runs/1000/artifacts', { json: { total_count: 1, artifacts } });
    const location = `${github.url}/storage/5`;
    github.on('GET /repos/acme/shop/actions/artifacts/5/zip', { status: 302, headers: { location } });
    github.on('GET /storage/5', { body: zipOf('entry.json', entry) });
    const decision = JSON.stringify(decisionOf());

    const result = await start({ mode: 'collect', barrier: 'images', decision }, 'develop');

    expect(result.exitCode).toBe(0);
    expect(result.outputs.get('record-digest')).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(result.outputs.get('record-artifact-name')).toBe('headgate-record-dddddddddddddddd-images-1');
    expect(result.summary).toContain(String(imageParts('1').images?.[0]?.digest));
  });

  it('a barrier with a missing leg fails and still gives the record', async () => {
    github.on('GET /repos/acme/shop/actions/runs/1000/artifacts', {
      json: { total_count: 0, artifacts: [] },
    });
    const decision = JSON.stringify(decisionOf());

    const result = await start({ mode: 'collect', barrier: 'images', decision }, 'develop');

    expect(result.exitCode).toBe(1);
    expect(result.outputs.get('record-file')).toMatch(/headgate-record\.json$/);
    expect(result.stdout).toMatch(/^::error .*leg-missing/m);
  });
});

import type { Decision } from '@headgate/configuration/decision';
import type { ActionResult } from '@headgate/kit/action';
import { runCommand } from '@headgate/kit/process';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';

const headgate = `application: shop
registry: {host: registry.example.com, username: robot}
images: {shop: {}}
environments:
  integration:
    branch: development
    targets:
      web: {compose: compose.yaml, service: web, image: shop, port: 80, proxy: {socket: {var: SOCKET}, backend: b}}
`;

let repository: TestRepository;
let github: TestGitHub;
let deps: TestDeps;

beforeEach(() => {
  repository = createTestRepository();
  github = createTestGitHub();
  const files = {
    'headgate.yml': headgate,
    Dockerfile: 'FROM scratch',
    'compose.yaml': 'services: {web: {}}',
  };
  repository.commit('one', files);
});

afterEach(() => repository.remove());

interface Happening {
  readonly eventName?: string;
  readonly ref?: string;
  readonly event?: Readonly<Record<string, unknown>>;
  readonly sha?: string;
  readonly workspace?: string;
}

function decide(
  happening: Happening = {},
  variables: Readonly<Record<string, string>> = { SOCKET: '/run/s' },
): Promise<ActionResult> {
  const sha = repository.git('rev-parse', 'HEAD');
  const context = createTestContext({ sha, workspace: repository.directory, ...happening });
  deps = createTestDeps({ run: runCommand, connectGitHub: github.connect, context });
  const configuration = 'headgate.yml';
  const inputs = {
    mode: 'decide',
    restore: { version: '', environment: '' },
    configuration,
    githubToken: 't',
    variables: new Map(Object.entries(variables)),
  } as const;
  return run(inputs, deps);
}

function decisionOf({ outputs }: ActionResult): Decision {
  return JSON.parse(String(outputs['decision'])) as Decision;
}

const feature = { ref: 'refs/heads/feature/x', event: { ref: 'refs/heads/feature/x' } };
const pulls = 'GET /repos/{owner}/{repo}/pulls';

function listed(number: number, repo: string, base = 'develop'): unknown {
  return { number, head: { ref: 'feature/x', repo: { full_name: repo } }, base: { ref: base } };
}

describe('mode decide', () => {
  it('a push to develop publishes, deploys, and never asks GitHub', async () => {
    const result = await decide();

    expect(result.outputs).toMatchObject({
      environment: 'integration',
      publish: 'true',
      'branch-kind': 'development',
      nothing: '',
    });
    expect(JSON.parse(String(result.outputs['images']))).toHaveLength(1);
    expect(JSON.parse(String(result.outputs['targets']))).toHaveLength(1);
    expect(decisionOf(result).tree).toBe(repository.git('rev-parse', 'HEAD^{tree}'));
    expect(github.calls).toEqual([]);
    expect(deps.core.summary()).toContain('registry.example.com/acme/shop');
  });

  it('the number of a build counts first-parent commits that production does not have', async () => {
    repository.git('tag', 'v1.2.3');
    repository.git('branch', 'master');
    repository.git('push', '--quiet', 'origin', 'master');
    repository.git('fetch', '--quiet', 'origin');
    repository.git('checkout', '--quiet', '-b', 'feature/x');
    repository.commit('on the side');
    repository.commit('on the side again');
    repository.git('checkout', '--quiet', 'develop');
    repository.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'feature/x');
    const last = repository.commit('two');

    const [image] = decisionOf(await decide()).images;

    expect(image?.settings['tags']).toEqual([
      expect.stringMatching(new RegExp(`^1\\.3\\.0-dev\\.2\\.g?${last.slice(0, 7)}$`)),
    ]);
  });

  it('a schedule says where it looks for previews that are over: on a runner, or at a host by ssh', async () => {
    const places = {
      'runner: [near]': '`near`',
      'transport: ssh, ssh: {host: p@b, known-hosts: k}': '`p@b`',
    };
    for (const [place, shown] of Object.entries(places)) {
      const previews = `previews: {compose: compose.yaml, services: {web: {port: 1}}, address: 'http://{name}', ${place}}\n`;
      repository.commit(place, { 'headgate.yml': headgate + previews });

      await decide({ eventName: 'schedule', event: {} });

      expect(deps.core.summary()).toContain(`Preview: those that are over go, on ${shown}\n`);
    }
  });

  it('a feature push is built and tested', async () => {
    github.on(pulls, []);

    const result = await decide(feature);

    expect(result.outputs).toMatchObject({ publish: 'false', environment: '', targets: '[]', nothing: '' });
    expect(github.calls).toEqual([{ route: pulls, parameters: { head: 'acme:feature/x', state: 'open' } }]);
  });

  it('a feature push with an open pull request is covered by it', async () => {
    github.on(pulls, [listed(7, 'Acme/shop')]);

    const result = await decide(feature);

    expect(result.outputs).toMatchObject({ images: '[]', nothing: expect.stringMatching(/^covered by #7/) });
  });

  it('a pull request of the same branch name from a fork covers nothing', async () => {
    github.on(pulls, [listed(8, 'eve/shop')]);

    expect((await decide(feature)).outputs['nothing']).toBe('');
  });

  it('a fork’s pull request gets no secret, publishes nothing, and a notice says so', async () => {
    const head = { ref: 'develop', repo: { full_name: 'eve/shop' } };
    const event = { number: 9, pull_request: { number: 9, head, base: { ref: 'develop' } } };

    const result = await decide({ eventName: 'pull_request', ref: 'refs/pull/9/merge', event }, {});

    expect(decisionOf(result)).toMatchObject({ trusted: false, publish: false, targets: [] });
    expect(deps.core.annotations).toEqual([
      expect.objectContaining({ level: 'notice', message: expect.stringContaining('eve/shop') }),
    ]);
  });

  it('no output has a line break, whatever the branch is called', async () => {
    const branch = 'wip/::error::x%0A$(id)`id`&{{x}}';

    const result = await decide({ ref: `refs/heads/${branch}`, event: { ref: `refs/heads/${branch}` } });

    expect(Object.values(result.outputs).some((value) => /[\r\n]/.test(value))).toBe(false);
    expect(result.outputs['nothing']).toContain('none of the branches of the flow');
  });
});

describe('what stops a decision', () => {
  it('another commit than the run’s is checked out', async () => {
    await expect(decide({ sha: 'e'.repeat(40) })).rejects.toMatchObject({
      code: 'checkout-differs',
      hint: expect.stringContaining('ref:'),
    });
  });

  it('the decision is larger than a job can be handed', async () => {
    const images = Array.from({ length: 150 }, (_, index) => `  image-${index}: {}`).join('\n');
    repository.commit('many', { 'headgate.yml': `application: shop\nimages:\n${images}\n` });

    await expect(decide()).rejects.toMatchObject({
      code: 'decision-too-large',
      message: expect.stringMatching(/fit into 120 KiB.*it has \d{3} KiB/),
    });
  });

  it('headgate.yml is missing', async () => {
    repository.git('rm', '--quiet', 'headgate.yml');
    repository.commit('gone');

    await expect(decide()).rejects.toMatchObject({ code: 'configuration-missing' });
  });

  it('headgate.yml is a link out of the repository', async () => {
    const { symlinkSync, rmSync } = await import('node:fs');
    rmSync(`${repository.directory}/headgate.yml`);
    symlinkSync('/etc/hostname', `${repository.directory}/headgate.yml`);
    repository.commit('link');

    await expect(decide()).rejects.toMatchObject({ code: 'configuration-missing' });
  });

  it('headgate.yml is wrong: every problem with line and column', async () => {
    repository.commit('wrong', {
      'headgate.yml': headgate.replace('images: {shop: {}}', 'images: {shop: {file: D}}\nx: 1'),
    });

    await expect(decide()).rejects.toMatchObject({
      code: 'invalid-configuration',
      message: expect.stringMatching(
        /headgate.yml:3:23: image `shop`[^\n]*\nheadgate.yml:4:1: unknown key `x`/,
      ),
    });
  });

  it('headgate.yml is wrong: each problem is shown beside its own line', async () => {
    repository.commit('wrong', { 'headgate.yml': `${headgate}x: 1\n` });

    const line = headgate.split('\n').length;
    await expect(decide()).rejects.toMatchObject({
      code: 'invalid-configuration',
      place: { file: 'headgate.yml', line: expect.any(Number) },
    });

    expect(deps.core.annotations).toContainEqual({
      level: 'error',
      message: expect.stringContaining('unknown key `x`'),
      place: expect.objectContaining({ file: 'headgate.yml', startLine: line, startColumn: 1 }),
    });
  });

  it('a variable is not set', async () => {
    await expect(decide({}, {})).rejects.toMatchObject({
      code: 'missing-variable',
      hint: expect.stringContaining('https://github.com/acme/shop/settings/variables/actions'),
    });
  });
});

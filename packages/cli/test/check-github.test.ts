// `headgate check --github` against the double of GitHub: what the flow relies on is there, or is named with its cure.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepositorySettings } from '@headgate/rehearsal/repository-settings';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ownersOf } from '../src/github/code-owners.js';
import { shellWord } from '../src/github/finding.js';
import { run } from '../src/run.js';
import { good, openScene, type Scene, type SceneForm } from './github-settings.js';
import { testHost } from './host.js';

let scene: Scene | null = null;
const open = async (form: SceneForm = {}): Promise<Scene> => {
  scene = await openScene(form);
  return scene;
};
afterEach(async () => {
  expect(scene?.violations ?? []).toEqual([]);
  await scene?.close();
  scene = null;
});

const environment = (name: string, change: object): Partial<RepositorySettings> => ({
  environments: { ...good.environments, [name]: { ...good.environments[name], ...change } as never },
});
const without = (name: string): Partial<RepositorySettings> => {
  const { [name]: _gone, ...environments } = good.environments;
  return { environments };
};

/** Subject, expected and found of each finding, as they are printed. */
function told(out: string): readonly string[] {
  return [...out.matchAll(/^[✗!] (.+): (error|warning)\n {4}expected {2}(.+)\n {4}found {5}(.+)$/gm)].map(
    ([, subject = '', severity = '', , found = '']) => `${severity}: ${subject}: ${found}`,
  );
}

describe('check --github', () => {
  it('has nothing to say where all is as the flow wants it, and changes nothing', async () => {
    const opened = await open();
    const { code, out, errors } = await opened.check(opened.person('admin'));

    expect([code, errors]).toEqual([0, '']);
    expect(out).toContain('All as expected.');
    expect(new Set(opened.methods)).toEqual(new Set(['GET']));
  });

  const cases: readonly (readonly [string, SceneForm, readonly string[]])[] = [
    [
      'branches that nothing guards',
      { settings: { protectedBranches: ['develop', 'master'] } },
      [
        'error: release/**: none; what runs on a branch that anybody can push to is no evidence',
        'error: hotfix/**: none; what runs on a branch that anybody can push to is no evidence',
      ],
    ],
    [
      'a required check that is another',
      { settings: { requiredChecks: ['build'] } },
      ['error: master: only build', 'error: develop: only build'],
    ],
    [
      'no required check',
      { settings: { requiredChecks: [] } },
      ['error: master: no required check', 'error: develop: no required check'],
    ],
    [
      'squashing alone',
      { settings: { mergeMethods: ['squash'] } },
      ['error: master: only squash', 'error: develop: only squash', 'error: merging: only squash'],
    ],
    [
      'linear history',
      { settings: { linearHistory: true } },
      ['error: master: a rule for linear history', 'error: develop: a rule for linear history'],
    ],
    [
      'no review by code owners',
      { settings: { codeOwnerReview: false } },
      ['error: master: pull requests may be merged without it'],
    ],
    ['no tag rules', { settings: { protectedTags: [] } }, ['warning: tags v*: none']],
    ['rules for other tags', { settings: { protectedTags: ['w*'] } }, ['warning: tags v*: none']],
    [
      'jobs that open no pull request',
      { settings: { jobsOpenPulls: false } },
      ['error: GitHub Actions: it is not allowed'],
    ],
    [
      'jobs that open none beside an App that pushes',
      { settings: { jobsOpenPulls: false, variables: { ...good.variables, HEADGATE_APP_ID: '7' } } },
      ['warning: GitHub Actions: it is not allowed'],
    ],
    [
      'wide job tokens',
      { settings: { workflowPermissions: 'write' } },
      ['warning: GitHub Actions: write permissions'],
    ],
    ['no CODEOWNERS', { codeOwners: null }, ['error: CODEOWNERS: no such file']],
    [
      'CODEOWNERS that leave the flow out',
      { codeOwners: '* @ada\n/.github/workflows/\n' },
      ['error: .github/CODEOWNERS: nobody'],
    ],
    [
      'an environment that is missing',
      { settings: without('production-plan') },
      ['error: environment production-plan: none: GitHub makes one that every branch may use'],
    ],
    [
      'an environment for every branch',
      { settings: environment('pull-request-plan', { branches: [] }) },
      ['error: environment pull-request-plan: every branch may use it'],
    ],
    [
      'an environment that its own branches may not use',
      { settings: environment('staging', { branches: ['release/**'] }) },
      ['error: environment staging: only release/**'],
    ],
    [
      'an environment that strangers may use',
      { settings: environment('production', { branches: ['master', 'feature/*', 'm*'] }) },
      ['error: environment production: feature/* may as well'],
    ],
    [
      'an environment that tags may use',
      { settings: environment('production', { tags: ['v*'] }) },
      ['error: environment production: tags v* may as well'],
    ],
    [
      'a secret that an environment lacks',
      { settings: environment('production', { secrets: {} }) },
      ['error: environment production: none'],
    ],
    [
      'secrets and variables that the repository lacks',
      { settings: { secrets: {}, variables: {} } },
      [
        'error: variable REGISTRY: none',
        'error: secret NOTIFY_SECRETS: none',
        'warning: secret DEPLOY_SECRETS: none',
      ],
    ],
    [
      'what the organisation has',
      {
        settings: {
          secrets: {},
          variables: {},
          organization: { secrets: ['DEPLOY_SECRETS', 'NOTIFY_SECRETS'], variables: ['registry'] },
        },
      },
      [],
    ],
    [
      'a branch that is not there',
      {
        branches: ['master'],
        settings: { protectedBranches: ['master', 'release/**', 'hotfix/**'], defaultBranch: 'master' },
      },
      ['error: develop: no such branch', 'error: develop: no required check'],
    ],
  ];

  it.each(cases)('says of %s', async (_, form, findings) => {
    const { check, person } = await open(form);
    const { code, out } = await check(person('admin'));

    expect(told(out)).toEqual(findings);
    expect(code).toBe(findings.some((each) => each.startsWith('error')) ? 1 : 0);
  });

  it('gives the page and the command that change it', async () => {
    const { check, person } = await open({ settings: { ...without('staging'), mergeMethods: ['rebase'] } });
    const { out } = await check(person('admin'));

    expect(out).toContain('gh api -X PATCH repos/acme/shop -F allow_merge_commit=true');
    expect(out).toContain(
      "gh api -X PUT repos/acme/shop/environments/staging -F 'deployment_branch_policy[protected_branches]=false'",
    );
    expect(out).toContain("deployment-branch-policies -f 'name=release/**'");
    expect(out).toMatch(/change {4}http:\/\/127\.0\.0\.1:\d+\/acme\/shop\/settings\/environments/);
  });

  it('says what a token may not see, and guesses nothing of it', async () => {
    const { check, token } = await open({ settings: { jobsOpenPulls: false, secrets: {}, variables: {} } });
    const { code, out } = await check(token({ contents: 'read' }));

    expect([code, told(out)]).toEqual([0, []]);
    for (const line of [
      'how pull requests are merged: needs contents: write',
      "what a job's token may do: needs administration: read",
      'environments: needs actions: read',
      'variables: needs actions-variables: read',
      'secrets of the repository: needs secrets: read',
      'secrets of environment integration-plan; secrets of environment integration; secrets of environment production-plan; secrets of environment production: needs environments: read',
    ]) {
      expect(out).toContain(`  - ${line}`);
    }
    expect(out).toContain('What could be seen is as expected.');
  });

  it('writes findings as JSON', async () => {
    const { check, person, directory } = await open({ settings: { mergeMethods: ['squash', 'rebase'] } });
    await check(person('admin'), '--json', 'report.json');
    const report: unknown = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'));

    expect(report).toMatchObject({
      file: 'headgate.yml',
      ok: false,
      problems: [],
      github: { repository: 'acme/shop', unseen: [], findings: expect.any(Array) },
    });
    expect(report).toHaveProperty('github.findings.2', {
      severity: 'error',
      subject: 'merging',
      expected: 'merge commits, which releases and back-merges are',
      found: 'only squash, rebase',
      page: expect.stringMatching(/\/acme\/shop\/settings$/),
      command: 'gh api -X PATCH repos/acme/shop -F allow_merge_commit=true',
    });
  });

  it.each([
    ['--repository', 'acme/none', 'GitHub shows this token no repository acme/none'],
    ['--repository', 'acme', '--repository takes OWNER/NAME'],
  ])('refuses %s %s', async (option, value, message) => {
    const { check, person } = await open();
    const { code, errors } = await check(person('admin'), option, value);

    expect([code, errors]).toEqual([2, expect.stringContaining(message)]);
  });

  it('refuses a token that GitHub does not know', async () => {
    const { code, errors } = await (await open()).check('ghp_none');

    expect([code, errors]).toEqual([
      2,
      expect.stringContaining('GitHub takes the token for none of its own'),
    ]);
  });

  it('asks for a token, and sends one nowhere that only the remote names', async () => {
    const { directory } = await open();
    const ended = async (env: Record<string, string>): Promise<string> => {
      const host = testHost({ directory, env: { PATH: process.env['PATH'], ...env } });
      expect(await run(['check', '--github'], host)).toBe(2);
      return host.errors();
    };

    expect(await ended({})).toContain('neither GITHUB_TOKEN nor GH_TOKEN is set');
    const { execFileSync } = await import('node:child_process');
    execFileSync('git', ['remote', 'set-url', 'origin', 'git@git.example.com:acme/shop.git'], {
      cwd: directory,
    });
    expect(await ended({ GITHUB_TOKEN: 'x' })).toContain(
      'Set GITHUB_API_URL to https://git.example.com/api/v3',
    );
    execFileSync('git', ['remote', 'remove', 'origin'], { cwd: directory });
    expect(await ended({ GITHUB_TOKEN: 'x' })).toContain('Pass --repository OWNER/NAME.');
  });
});

describe('the owner of a path', () => {
  it.each([
    ['* @a', 'headgate.yml', ['@a']],
    ['headgate.yml @a', 'headgate.yml', ['@a']],
    ['/headgate.yml @a @b', 'headgate.yml', ['@a', '@b']],
    ['*.yml @a', '.github/workflows/x.yml', ['@a']],
    ['.github/ @a', '.github/workflows/x.yml', ['@a']],
    ['/.github/workflows @a', '.github/workflows/x.yml', ['@a']],
    ['.github/workflows/* @a', '.github/workflows/x.yml', ['@a']],
    ['.github/workflows/* @a', '.github/workflows/a/x.yml', []],
    ['.github/** @a', '.github/workflows/a/x.yml', ['@a']],
    ['**/workflows @a', '.github/workflows/a/x.yml', ['@a']],
    ['docs/ @a', 'headgate.yml', []],
    ['* @a\n/headgate.yml', 'headgate.yml', []],
    ['# headgate.yml @a\n', 'headgate.yml', []],
    ['headgate.yml @a # @b', 'headgate.yml', ['@a']],
    ['head[g]ate.yml @a', 'headgate.yml', []],
    ['headgateXyml @a', 'headgate.yml', []],
  ])('with %j, of %s is %j', (text, path, owners) => {
    expect(ownersOf(text, path)).toEqual(owners);
  });

  it('is found in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Array.isArray(ownersOf(text, 'headgate.yml'))).toBe(true);
      }),
    );
  });
});

describe('a word of a command that people copy', () => {
  it('is one word to a shell, whatever it holds', async () => {
    const { execFileSync } = await import('node:child_process');
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('\0')),
        (text) => {
          expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
        },
      ),
      { numRuns: 50 },
    );
  });
});

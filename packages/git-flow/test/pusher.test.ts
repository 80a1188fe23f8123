// Who pushes, said at the start of a run.
import { runCommand } from '@headgate/kit/process';
import { createTestDeps } from '@headgate/kit/testing/deps';
import { createTestGitHub } from '@headgate/kit/testing/github';
import { describe, expect, it } from '@jest/globals';
import { pusherOf } from '../src/pusher.js';
import { decisionOf } from './fixtures.js';
import { productionDecision } from './release-world.js';

const branches = {
  production: 'main',
  development: 'trunk',
  feature: 'topic/',
  release: 'rel/',
  hotfix: 'fix/',
  support: 'sup/',
};
const promotion = productionDecision('c'.repeat(40), 'd'.repeat(40));

interface Scene {
  readonly variables?: Readonly<Record<string, string>>;
  readonly branch?: unknown;
  readonly rules?: unknown;
  readonly decision?: typeof promotion;
}

function pusher({ variables = {}, branch, rules, decision = promotion }: Scene): Promise<string | null> {
  const github = createTestGitHub();
  if (branch !== undefined) github.on('GET /repos/{owner}/{repo}/branches/{branch}', branch);
  if (rules !== undefined) github.on('GET /repos/{owner}/{repo}/rules/branches/{branch}', rules);
  const deps = createTestDeps({ run: runCommand, connectGitHub: github.connect });
  const inputs = { githubToken: 't', variables: new Map(Object.entries(variables)) };
  return pusherOf(inputs, { decision, branches, deps });
}

describe('who pushes', () => {
  it('is an App where the variable names one, and nothing is asked', async () => {
    expect(await pusher({ variables: { HEADGATE_APP_ID: '12345' } })).toContain('by the App 12345');
  });

  it.each([
    ['by a ruleset', { protected: false }, [{ type: 'pull_request' }]],
    ['in the classic way', { protected: true }, []],
  ])('is the job’s own token; a branch that is protected %s is named', async (_, branch, rules) => {
    expect(await pusher({ branch, rules })).toMatch(/own token.*trunk is protected.*becomes a pull request/s);
  });

  it('is the job’s own token, which does where the branch is open', async () => {
    expect(await pusher({ branch: { protected: false }, rules: [{ type: 'deletion' }] })).toMatch(
      /own token.*trunk is open to it.*starts the delivery of trunk/s,
    );
  });

  it('is said also where the token may not ask', async () => {
    expect(await pusher({})).toMatch(/own token.*Where a branch is protected/s);
  });

  it('is nobody where nothing is pushed', async () => {
    expect(await pusher({ decision: decisionOf() })).toBeNull();
  });
});

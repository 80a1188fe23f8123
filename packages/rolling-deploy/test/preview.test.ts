// Previews against GitHub's double: whose get one, how GitHub shows them, and which are found closed. The engine is real in
// preview.it.test.ts.
import type { Context } from '@headgate/kit/context';
import { createInputReader } from '@headgate/kit/inputs';
import { createFakeClock } from '@headgate/kit/testing/clock';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { createTestGitHub } from '@headgate/kit/testing/github';
import { describe, expect, it } from '@jest/globals';
import { openDeployment } from '../src/github-deployment.js';
import { inputSpecs } from '../src/inputs.js';
import { readModeInputs } from '../src/modes.js';
import { reportCutOff, writePreviewMark } from '../src/preview-aftermath.js';
import { identityOf, pullRequestOf } from '../src/preview-context.js';
import { closedAmong, retireDeployments } from '../src/preview-github.js';
import { projectOf } from '../src/preview-identity.js';

type Parameters = Readonly<Record<string, unknown>>;

const asked = { application: 'shop', pullRequest: null };
function contextOf(repository: string | null): Context {
  const head = { sha: 'h'.repeat(40), repo: repository === null ? null : { full_name: repository } };
  return createTestContext({ event: { pull_request: { number: 7, head } } });
}

describe('whose preview it is', () => {
  it('is told by the event: number, and the head commit that people see', () => {
    const { fullName } = createTestContext().repository;
    expect(pullRequestOf(contextOf(fullName.toUpperCase()), asked)).toEqual({
      number: 7,
      head: 'h'.repeat(40),
    });
  });

  it.each([
    ['of a fork', 'mallory/shop'],
    ['whose repository is gone', null],
  ])('is nobody for a pull request %s', (_, repository) => {
    expect(() => pullRequestOf(contextOf(repository), asked)).toThrow(
      expect.objectContaining({ code: 'preview-refused' }),
    );
  });

  it('is told by the input where the event says nothing', () => {
    const context = createTestContext();
    expect(pullRequestOf(context, { ...asked, pullRequest: 9 })).toEqual({ number: 9, head: context.sha });
    expect(() => identityOf(context, asked, null)).toThrow(/^pull-request: /);
  });

  it('has a project name that Compose takes', () => {
    expect(projectOf({ number: 7, application: 'Shop.Front' })).toBe('pr-7-shop-front');
    expect(projectOf({ number: 7, application: 'x'.repeat(100) })).toHaveLength(63);
  });
});

describe('a preview on GitHub', () => {
  const deployments = 'GET /repos/{owner}/{repo}/deployments';
  const statuses = '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses';

  it('is a transient deployment', async () => {
    const github = createTestGitHub();
    github.on('POST /repos/{owner}/{repo}/deployments', { id: 5 });

    await openDeployment(
      { environment: 'preview/pr-7', ref: 'h', payload: {}, logUrl: '', environmentUrl: '', transient: true },
      { connectGitHub: github.connect, clock: createFakeClock(), token: 't', warn: () => undefined },
    );

    expect(github.calls).toMatchObject([
      { parameters: { transient_environment: true, production_environment: false } },
    ]);
  });

  it('has all its deployments made inactive once, but the one that counts', async () => {
    const github = createTestGitHub();
    github.on(deployments, [{ id: 1 }, { id: 2 }, { id: 3 }]);
    github.on(`GET ${statuses}`, (parameters: Parameters) => [
      { state: parameters['deployment_id'] === 1 ? 'inactive' : 'success' },
    ]);
    github.on(`POST ${statuses}`, {});

    await retireDeployments(
      7,
      { token: 't', except: '3' },
      { connectGitHub: github.connect, core: createTestCore() },
    );

    const posted = github.calls.filter(({ route }) => route.startsWith('POST'));
    expect(posted).toMatchObject([{ parameters: { deployment_id: 2, state: 'inactive' } }]);
    expect(github.calls[0]).toMatchObject({ parameters: { environment: 'preview/pr-7' } });
  });

  it('counts as open when GitHub does not say', async () => {
    const github = createTestGitHub();
    github.on('GET /repos/{owner}/{repo}/pulls/{pull_number}', (parameters: Parameters) => {
      if (parameters['pull_number'] === 9) throw new Error('away');
      return { state: parameters['pull_number'] === 7 ? 'closed' : 'open' };
    });
    const core = createTestCore();

    const closed = await closedAmong([7, 8, 9], 't', { connectGitHub: github.connect, core });

    expect([...closed]).toEqual([7]);
    expect(core.annotations).toMatchObject([{ level: 'warning', message: expect.stringContaining('#9') }]);
  });

  it('that was cut off is reported by the post step, once, and only for what the main step left', async () => {
    const github = createTestGitHub();
    github.on(`POST ${statuses}`, {});
    const deps = createTestDeps({ core: createTestCore(), connectGitHub: github.connect });
    const inputs = readModeInputs(
      createInputReader(inputSpecs, createTestCore({ mode: 'preview-reap', 'github-token': 't' })),
    );

    await reportCutOff(writePreviewMark({ deployment: '5', number: 7 }), inputs, deps);
    for (const text of ['{}', '[]', '{"deployment":"../5","number":7}', '{"deployment":"5","number":"7"}'])
      await reportCutOff(text, inputs, deps);

    expect(github.calls).toMatchObject([{ parameters: { deployment_id: 5, state: 'failure' } }]);
    expect(writePreviewMark({ deployment: '', number: 7 })).toBe('');
  });
});

// Which events start which workflows.
import { describe, expect, it } from '@jest/globals';
import { matchesPatterns, patternExpression } from '../../src/engine/pattern.js';
import { isTriggered } from '../../src/engine/trigger.js';
import { readTriggerHeader } from '../../src/engine/workflow-file.js';
import type { RaisedEvent } from '../../src/model.js';

const origin = { repository: 'a/b', sha: 'c', path: '.github/workflows/x.yml', ref: 'refs/heads/develop' };

function event(name: string, ref: string, payload: Record<string, unknown> = {}): RaisedEvent {
  return { repository: 'a/b', name, ref, sha: 'c', actor: 'ann', payload, fork: false };
}

const push = (branch: string): RaisedEvent => event('push', `refs/heads/${branch}`);
const tag = (name: string): RaisedEvent => event('push', `refs/tags/${name}`);
const pull = (action: string, base: string): RaisedEvent =>
  event('pull_request', 'refs/pull/7/merge', { action, pull_request: { base: { ref: base } } });

describe('triggers', () => {
  it.each<[string, RaisedEvent, boolean, string[]?]>([
    ['push', push('x'), true],
    ['push', pull('opened', 'x'), false],
    ['[push, pull_request]', pull('opened', 'x'), true],
    ['pull_request', pull('closed', 'x'), false],
    ['pull_request', pull('synchronize', 'x'), true],
    ['{ pull_request: { types: [closed] } }', pull('closed', 'x'), true],
    ['{ pull_request: { branches: [develop] } }', pull('opened', 'develop'), true],
    ['{ pull_request: { branches: [develop] } }', pull('opened', 'master'), false],
    ['{ push: { branches: ["feature/**"] } }', push('feature/a/b'), true],
    ['{ push: { branches: ["feature/*"] } }', push('feature/a/b'), false],
    ['{ push: { branches: ["release/**", "!release/**-alpha"] } }', push('release/1-alpha'), false],
    ['{ push: { branches-ignore: [master] } }', push('master'), false],
    ['{ push: { branches-ignore: [master] } }', push('develop'), true],
    ['{ push: { branches: [develop] } }', tag('v1'), false],
    ['{ push: { tags: ["v*"] } }', tag('v1'), true],
    ['{ push: { tags: ["v*"] } }', push('develop'), false],
    ['push', tag('v1'), true],
    ['{ push: { paths: ["src/**"] } }', push('x'), true, ['README.md', 'src/a/b.ts']],
    ['{ push: { paths: ["src/**"] } }', push('x'), false, ['README.md']],
    ['{ push: { paths-ignore: ["**.md"] } }', push('x'), false, ['README.md', 'docs/a.md']],
    ['{ push: { paths-ignore: ["**.md"] } }', push('x'), true, ['README.md', 'a.ts']],
    ['issue_comment', event('issue_comment', 'refs/heads/x', { action: 'created' }), true],
    [
      '{ issue_comment: { types: [deleted] } }',
      event('issue_comment', 'refs/heads/x', { action: 'created' }),
      false,
    ],
    [
      '{ schedule: [{ cron: "0 3 * * *" }] }',
      event('schedule', 'refs/heads/x', { schedule: '0 3 * * *' }),
      true,
    ],
    [
      '{ schedule: [{ cron: "0 3 * * *" }] }',
      event('schedule', 'refs/heads/x', { schedule: '0 4 * * *' }),
      false,
    ],
    [
      'workflow_dispatch',
      event('workflow_dispatch', 'refs/heads/x', { workflow: '.github/workflows/x.yml' }),
      true,
    ],
    [
      'workflow_dispatch',
      event('workflow_dispatch', 'refs/heads/x', { workflow: '.github/workflows/y.yml' }),
      false,
    ],
    ['workflow_call', push('x'), false],
    ['push', event('push', 'refs/heads/x', { deleted: true }), false],
  ])('on %s: %o → %s', (on, raised, expected, changed = []) => {
    const workflow = readTriggerHeader(
      origin,
      `on: ${on}\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: "true" }]\n`,
    );

    expect(isTriggered(workflow, raised, changed)).toBe(expected);
  });
});

describe('filter patterns', () => {
  it.each([
    ['*', 'a', true],
    ['*', 'a/b', false],
    ['**', 'a/b', true],
    ['v[12].[0-9]+.[0-9]+', 'v1.10.1', true],
    ['v[12].[0-9]+.[0-9]+', 'v3.1.1', false],
    ['*.jsx?', 'page.js', true],
    ['*.jsx?', 'page.jsx', true],
    ['**/docs/**', 'docs/a.md', true],
    ['**/docs/**', 'a/docs/b/c.md', true],
    ['a.b', 'axb', false],
    ['feature/$(id)', 'feature/$(id)', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['\\!a\\+', '!a+', true],
  ])('%s against %s: %s', (pattern, value, expected) => {
    expect(patternExpression(pattern).test(value)).toBe(expected);
  });

  it('lets the last matching pattern decide', () => {
    expect(matchesPatterns(['a/**', '!a/b/**', 'a/b/c'], 'a/b/c')).toBe(true);
    expect(matchesPatterns(['a/**', '!a/b/**', 'a/b/c'], 'a/b/d')).toBe(false);
  });
});

// Permissions: the caller is a ceiling, a fork reads only.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { excess, forFork, resolvePermissions } from '../../src/engine/permissions.js';
import type { Permissions } from '../../src/model.js';
import { createRehearsal, type Rehearsal } from '../support/rehearsal.js';

describe('permissions', () => {
  it.each<[Permissions, Permissions, string[]]>([
    [{ contents: 'read' }, { contents: 'write' }, []],
    [{ contents: 'write' }, { contents: 'read' }, ['contents: write (allowed: read)']],
    [{ actions: 'read' }, {}, ['actions: read (allowed: none)']],
    [{ actions: 'none' }, {}, []],
  ])('%o under %o', (wanted, ceiling, expected) => {
    expect(excess(wanted, ceiling)).toEqual(expected);
  });

  it('says nothing: inherits; an empty block: nothing', () => {
    expect(resolvePermissions(null, { contents: 'write' })).toEqual({ contents: 'write' });
    expect(resolvePermissions({}, { contents: 'write' })).toEqual({});
    expect(resolvePermissions('read-all', {})).toMatchObject({ contents: 'read', 'id-token': 'none' });
  });

  it('lowers a fork to reading', () => {
    expect(forFork({ contents: 'write', actions: 'read', 'id-token': 'write' })).toEqual({
      contents: 'read',
      actions: 'read',
      'id-token': 'none',
    });
  });
});

describe('permissions of a run', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await createRehearsal({ settings: { secrets: { KEY: 'secret-value' } } });
  });
  afterEach(() => rehearsal.close());

  const caller = (permissions: string): string => `on: push
permissions: {}
jobs:
  call:
    permissions: ${permissions}
    uses: ./.github/workflows/callee.yml
`;
  const callee = `on: workflow_call
permissions: {}
jobs:
  never:
    if: false
    permissions: { contents: write }
    runs-on: x
    steps: [{ run: "true" }]
  job:
    permissions: { contents: read }
    runs-on: x
    steps: [{ run: "true" }]
`;

  it('refuses to start when a nested job asks for more, even one that would be skipped', async () => {
    const run = await rehearsal.push({
      '.github/workflows/a.yml': caller('{ contents: read }'),
      '.github/workflows/callee.yml': callee,
    });

    expect(run.conclusion).toBe('failure');
    expect(run.jobs).toEqual([]);
    expect(run.problem).toContain(
      "callee.yml:4: the nested job 'never' requests contents: write (allowed: read)",
    );
  });

  it('gives each job exactly what it declares', async () => {
    const run = await rehearsal.push({
      '.github/workflows/a.yml': caller('{ contents: write }'),
      '.github/workflows/callee.yml': callee,
    });

    expect(run.conclusion).toBe('success');
    expect(rehearsal.host.grants).toEqual([
      {
        repository: 'acme/shop',
        permissions: { contents: 'read' },
        login: 'github-actions[bot]',
        jobToken: true,
      },
    ]);
  });

  it('gives a fork a read-only token and no secret', async () => {
    const text = `on: push
permissions: { contents: write, packages: write }
jobs:
  job:
    runs-on: x
    env: { KEY: "\${{ secrets.KEY }}" }
    steps: [{ run: 'echo "key=[$KEY]"' }]
`;
    const run = await rehearsal.push({ '.github/workflows/a.yml': text }, { fork: true });

    expect(rehearsal.host.grants[0]?.permissions).toEqual({ contents: 'read', packages: 'read' });
    expect(run.jobs[0]?.log).toContain('key=[]');
  });
});

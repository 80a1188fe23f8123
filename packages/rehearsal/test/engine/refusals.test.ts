// What the rehearsal refuses, by name and place, instead of skipping it in silence.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createRehearsal, type Rehearsal } from '../support/rehearsal.js';

describe('a workflow that cannot run', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await createRehearsal();
  });
  afterEach(() => rehearsal.close());

  const job = (lines: string): string => `on: push\njobs:\n  a:\n    runs-on: x\n${lines}`;
  const call = (lines: string): string =>
    `on: push\njobs:\n  a:\n    uses: ./.github/workflows/callee.yml\n${lines}`;

  it.each<[string, string, string]>([
    [
      'an unknown key',
      job('    foo: 1\n    steps: [{ run: x }]\n'),
      "x.yml (Line: 5, Col: 5): Unexpected value 'foo'",
    ],
    [
      'a container',
      job('    container: node:24\n    steps: [{ run: x }]\n'),
      'x.yml:5: `container` is not supported',
    ],
    [
      'services',
      job('    services: { db: { image: x } }\n    steps: [{ run: x }]\n'),
      'x.yml:5: `services` is not supported',
    ],
    ['no YAML', 'on: [push\n', 'x.yml'],
    ['an unknown need', job('    needs: b\n    steps: [{ run: x }]\n'), 'x.yml (Line: 3'],
    [
      'an unknown context',
      job('    if: foo.bar\n    steps: [{ run: x }]\n'),
      "Unrecognized named-value: 'foo'",
    ],
    [
      'a missing workflow',
      'on: push\njobs:\n  a: { uses: ./.github/workflows/none.yml }\n',
      'has no .github/workflows/none.yml',
    ],
    [
      'an unknown input',
      call('    with: { nme: x }\n'),
      'x.yml:3: input nme is not defined in .github/workflows/callee.yml',
    ],
    ['a missing input', call(''), 'x.yml:3: input name is required'],
    ['an unknown secret', call('    with: { name: x }\n    secrets: { B: x }\n'), 'secret B is not defined'],
    ['a missing secret', call('    with: { name: x }\n'), 'secret A is required'],
  ])('%s', async (_name, content, message) => {
    const run = await rehearsal.push({
      '.github/workflows/x.yml': content,
      '.github/workflows/callee.yml': `on:
  workflow_call:
    inputs: { name: { type: string, required: true } }
    secrets: { A: { required: true } }
jobs:
  a: { runs-on: x, steps: [{ run: "true" }] }
`,
    });

    expect(run.conclusion).toBe('failure');
    expect(run.jobs).toEqual([]);
    expect(run.problem).toContain(message);
  });

  it.each<[string, string, string]>([
    ['a container action', '{ uses: "docker://alpine" }', 'container actions are not supported'],
    ['an action nobody has', '{ uses: some/action@v1 }', 'the action some/action@v1 is neither provided'],
    [
      'an input of checkout that is not known',
      '{ uses: actions/checkout@v4, with: { lfs: true } }',
      'has no input lfs',
    ],
    ['an unknown shell', '{ run: x, shell: pwsh }', 'the shell pwsh is not supported'],
  ])('a step with %s', async (_name, step, message) => {
    const run = await rehearsal.push({ '.github/workflows/x.yml': job(`    steps: [${step}]\n`) });

    expect(run.jobs[0]?.conclusion).toBe('failure');
    expect(run.jobs[0]?.annotations.map((annotation) => annotation.message).join()).toContain(message);
  });

  it('is left alone while no event starts it', async () => {
    const sha = rehearsal.host.commit('acme/shop', 'develop', {
      '.github/workflows/x.yml':
        'on: workflow_dispatch\njobs:\n  a: { runs-on: x, container: y, steps: [{ run: x }] }\n',
    });
    const event = {
      repository: 'acme/shop',
      name: 'push',
      ref: 'refs/heads/develop',
      sha,
      actor: 'ann',
      payload: {},
      fork: false,
    };

    expect(await rehearsal.engine.handle(event)).toEqual([]);
  });
});

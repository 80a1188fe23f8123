// What people fall into with reusable workflows, one test a trap. Sources: GitHub's documentation of reusable workflows,
// of concurrency and of contexts; where that is silent, the issue is named.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { settingsOf } from '../support/host.js';
import { conclusions, createRehearsal, jobNamed, type Rehearsal } from '../support/rehearsal.js';

let rehearsal: Rehearsal;
beforeEach(async () => {
  rehearsal = await createRehearsal({
    settings: {
      secrets: { KEY: 'repository-value', UNPASSED: 'unpassed-value' },
      environments: {
        production: { variables: {}, secrets: { KEY: 'environment-value', OWN: 'own-value' }, branches: [] },
      },
    },
  });
});
afterEach(() => rehearsal.close());

const folder = '.github/workflows';

/** Pushes a caller and files beside it. */
function play(caller: string, callees: Readonly<Record<string, string>> = {}): Promise<RunState> {
  const files = Object.entries(callees).map(([name, text]) => [`${folder}/${name}.yml`, text]);
  return rehearsal.push({ [`${folder}/x.yml`]: caller, ...Object.fromEntries(files) });
}

const callee = (lines: string): string =>
  `on: workflow_call\njobs:\n  a:\n    runs-on: x\n    steps:\n${lines}\n`;
const call = (lines = ''): string =>
  `on: push\njobs:\n  call:\n    uses: ./.github/workflows/y.yml\n${lines}`;

describe('what the caller hands on', () => {
  it('github.* is the caller’s, also inside a workflow of another repository', async () => {
    await rehearsal.host.addRepository(settingsOf('headgate/headgate', { defaultBranch: 'v1' }));
    rehearsal.host.commit('headgate/headgate', 'v1', {
      [`${folder}/flow.yml`]: callee(
        `      - run: echo "[\${{ github.repository }}] [\${{ github.workflow }}] [\${{ github.workflow_ref }}] [$GITHUB_REPOSITORY] [\${{ github.ref_name }}]"`,
      ),
    });

    const run = await play(
      'on: push\nname: the caller\njobs:\n  call: { uses: headgate/headgate/.github/workflows/flow.yml@v1 }\n',
    );

    expect(jobNamed(run, 'call / a').log).toContain(
      '[acme/shop] [the caller] [acme/shop/.github/workflows/x.yml@refs/heads/develop] [acme/shop] [develop]',
    );
  });

  it('env of the workflow crosses neither down nor up', async () => {
    const run = await play(
      `${call()}  after:
    needs: call
    runs-on: x
    steps: [{ run: 'echo "up [$INNER] [\${{ env.INNER }}]"' }]
env: { OUTER: outer }
`,
      {
        y: `env: { INNER: inner }\n${callee(`      - run: echo "down [$OUTER] [\${{ env.OUTER }}] [$INNER]"`)}`,
      },
    );

    expect(jobNamed(run, 'call / a').log).toContain('down [] [] [inner]');
    expect(jobNamed(run, 'after').log).toContain('up [] []');
  });

  it('inherit hands on all secrets for one hop, and the next hop has what it is given', async () => {
    const secret = `      - run: test "\${{ secrets.UNPASSED }}" = unpassed-value && echo seen || echo "not seen"`;
    const run = await play(call('    secrets: inherit\n'), {
      y: `on: workflow_call\njobs:\n  a: { runs-on: x, steps: [{ run: 'test "\${{ secrets.UNPASSED }}" = unpassed-value' }] }\n  b: { uses: ./.github/workflows/z.yml }\n`,
      z: callee(secret),
    });

    expect(conclusions(run)).toMatchObject({ 'call / a': 'success' });
    expect(jobNamed(run, 'call / b / a').log).toContain('not seen');
  });

  it('an environment’s secret of a name that the caller did not pass does not arrive; of a passed name it wins', async () => {
    const run = await play(call(`    secrets: { KEY: "\${{ secrets.KEY }}" }\n`), {
      y: `on: { workflow_call: { secrets: { KEY: {} } } }
jobs:
  a:
    runs-on: x
    environment: production
    steps: [{ run: 'test "\${{ secrets.KEY }}" = environment-value && echo "own: [\${{ secrets.OWN }}]"' }]
`,
    });

    expect(jobNamed(run, 'call / a').log).toContain('own: []');
  });

  it('outputs of a matrix of calls are those of the last writer, and what an earlier leg said is lost', async () => {
    const run = await play(
      `on: push
jobs:
  call:
    strategy: { max-parallel: 1, matrix: { n: [1, 2, 3] } }
    uses: ./.github/workflows/y.yml
    with: { n: "\${{ matrix.n }}" }
  after: { needs: call, runs-on: x, steps: [{ run: "echo [\${{ needs.call.outputs.said }}]" }] }
`,
      {
        y: `on: { workflow_call: { inputs: { n: { type: number } }, outputs: { said: { value: "\${{ jobs.a.outputs.said }}" } } } }
jobs:
  a:
    runs-on: x
    outputs: { said: "\${{ steps.s.outputs.said }}" }
    steps: [{ id: s, run: 'test \${{ inputs.n }} = 3 || echo "said=leg \${{ inputs.n }}" >> "$GITHUB_OUTPUT"' }]
`,
      },
    );

    expect(jobNamed(run, 'after').log).toContain('[leg 2]');
  });
});

describe('what a call may not say', () => {
  const y = callee('      - run: "true"');

  it.each([
    ['env', 'env: { A: b }'],
    ['environment', 'environment: production'],
    ['runs-on', 'runs-on: x'],
    ['timeout-minutes', 'timeout-minutes: 5'],
    ['steps', 'steps: [{ run: x }]'],
    ['defaults', 'defaults: { run: { shell: bash } }'],
    ['container', 'container: node:24'],
    ['outputs', 'outputs: { a: b }'],
    ['continue-on-error', 'continue-on-error: true'],
  ])('the key %s on the calling job', async (_, line) => {
    const run = await play(call(`    ${line}\n`), { y });

    expect(run).toMatchObject({ conclusion: 'failure', jobs: [] });
    expect(run.problem).toMatch(/x\.yml/);
  });

  it.each([
    ['name', 'name: other'],
    ['if', 'if: "true"'],
    ['concurrency', 'concurrency: other'],
    ['permissions', 'permissions: { contents: read }'],
    ['strategy', 'strategy: { matrix: { n: [1] } }'],
  ])('but it may say %s', async (_, line) => {
    expect(await play(call(`    ${line}\n`), { y })).toMatchObject({ conclusion: 'success' });
  });

  it('secrets in with:, because that context is not there', async () => {
    const run = await play(call(`    with: { key: "\${{ secrets.KEY }}" }\n`), {
      y: y.replace('on: workflow_call', 'on: { workflow_call: { inputs: { key: { type: string } } } }'),
    });

    expect(run).toMatchObject({ conclusion: 'failure', jobs: [] });
    expect(run.problem).toMatch(/x\.yml.*secrets/s);
  });

  it.each(['choice', 'environment', 'array', 'object'])(
    'an input of type %s: string, number and boolean are all',
    async (type) => {
      const run = await play(call('    with: { a: b }\n'), {
        y: y.replace('on: workflow_call', `on: { workflow_call: { inputs: { a: { type: ${type} } } } }`),
      });

      expect(run).toMatchObject({ conclusion: 'failure', jobs: [] });
      expect(run.problem).toMatch(/y\.yml/);
    },
  );

  it('a workflow outside .github/workflows, or in a folder below it', async () => {
    for (const path of ['workflows/y.yml', '.github/workflows/deep/y.yml']) {
      const run = await rehearsal.push({
        [`${folder}/x.yml`]: `on: push\njobs:\n  call: { uses: ./${path} }\n`,
        [path]: y,
      });

      expect(run).toMatchObject({ conclusion: 'failure', jobs: [] });
    }
  });

  it('more than 50 workflows, all of a tree counted', async () => {
    const names = Array.from({ length: 51 }, (_, index) => `w${index}`);
    const caller = (count: number): string =>
      `on: push\njobs:\n${names
        .slice(0, count)
        .map((name) => `  ${name}: { uses: ./.github/workflows/${name}.yml }\n`)
        .join('')}`;
    const callees = Object.fromEntries(
      names.map((name) => [
        name,
        `on: workflow_call\njobs:\n  a: { if: false, runs-on: x, steps: [{ run: "true" }] }\n`,
      ]),
    );

    expect((await play(caller(51), callees)).problem).toContain('50');
    expect((await play(caller(50), callees)).problem).toBeUndefined();
  });
});

describe('permissions', () => {
  it('the caller is a ceiling: excess fails at the start, without a job and a log, though an if: would skip it', async () => {
    const run = await play(call('    permissions: { contents: read }\n'), {
      y: `on: workflow_call\njobs:\n  a: { if: false, permissions: { contents: write }, runs-on: x, steps: [{ run: "true" }] }\n`,
    });

    expect(run).toMatchObject({ conclusion: 'failure', jobs: [] });
    expect(run.problem).toContain("the nested job 'a' requests contents: write (allowed: read)");
  });
});

describe('concurrency', () => {
  it('the same group in caller and callee is a deadlock, which GitHub ends by cancelling', async () => {
    const run = await play(`concurrency: same\n${call()}`, {
      y: 'on: workflow_call\njobs:\n  a: { concurrency: same, runs-on: x, steps: [{ run: "true" }] }\n',
    });

    expect(conclusions(run)).toEqual({ 'call / a': 'cancelled' });
  });

  it('github.workflow is the caller’s name, so the usual formula is the caller’s group in the callee too', async () => {
    const formula = `concurrency: "\${{ github.workflow }}-\${{ github.ref }}"`;
    const run = await play(`${formula}\n${call()}`, {
      y: `on: workflow_call\njobs:\n  a:\n    ${formula}\n    runs-on: x\n    steps: [{ run: "true" }]\n`,
    });

    expect(jobNamed(run, 'call / a').annotations[0]?.message).toContain('deadlock');
  });

  it.each([
    ['drops a pending job by default', '', 1],
    ['keeps every one with queue: max', ', queue: max', 0],
  ])('a group %s', async (_, more, dropped) => {
    const run = await play(`on: push
jobs:
  first: { concurrency: { group: g${more} }, runs-on: x, steps: [{ run: sleep 1 }] }
  second: { needs: [], concurrency: { group: g${more} }, runs-on: x, steps: [{ run: "true" }] }
  third: { needs: [], concurrency: { group: g${more} }, runs-on: x, steps: [{ run: "true" }] }
`);

    expect(Object.values(conclusions(run)).filter((result) => result === 'cancelled')).toHaveLength(dropped);
  });
});

describe('skipping', () => {
  it('of an ancestor goes on behind a green job, and into a called workflow', async () => {
    const run = await play(
      `on: push
jobs:
  optional: { if: false, runs-on: x, steps: [{ run: "true" }] }
  green: { needs: optional, if: always(), runs-on: x, steps: [{ run: "true" }] }
  release: { needs: green, uses: ./.github/workflows/y.yml }
  guarded:
    needs: green
    if: \${{ !cancelled() && needs.green.result == 'success' }}
    uses: ./.github/workflows/y.yml
`,
      { y: callee('      - run: "true"') },
    );

    expect(conclusions(run)).toMatchObject({ green: 'success', 'guarded / a': 'success' });
    expect(conclusions(run)['release / a'] ?? 'none').not.toBe('success');
  });

  it('of the calling job leaves no check by the name of the called one; an aggregate that always runs does', async () => {
    const run = await play(
      `on: push
jobs:
  flow: { if: false, uses: ./.github/workflows/y.yml }
  result: { name: "result (\${{ github.event_name }})", needs: flow, if: always(), runs-on: x, steps: [{ run: "true" }] }
`,
      { y: callee('      - run: "true"') },
    );

    expect(Object.keys(conclusions(run))).not.toContain('flow / a');
    expect(conclusions(run)).toMatchObject({ 'result (push)': 'success' });
  });
});

describe('a tag that moves', () => {
  const flow = (word: string): Record<string, string> => ({
    [`${folder}/flow.yml`]: `on: workflow_call
jobs:
  first: { runs-on: x, steps: [{ run: "echo first ${word}" }] }
  a: { needs: first, runs-on: x, steps: [{ run: 'echo "flow ${word}"; test "$GITHUB_RUN_ATTEMPT" = 2' }] }
  inner: { uses: $/.github/workflows/inner.yml }
`,
    [`${folder}/inner.yml`]: callee(`      - run: echo "inner ${word}"`),
  });

  it('is looked up once for a run: $/ is the commit of the file itself, whatever the tag names by then', async () => {
    await rehearsal.host.addRepository(settingsOf('headgate/headgate', { defaultBranch: 'v1' }));
    rehearsal.host.commit('headgate/headgate', 'v1', flow('old'));

    const run = await play(
      'on: push\njobs:\n  call: { uses: headgate/headgate/.github/workflows/flow.yml@v1 }\n',
    );
    expect(jobNamed(run, 'call / inner / a').log).toContain('inner old');
    const shas = run.referencedWorkflows.map(({ sha }) => sha);
    expect(new Set(shas).size).toBe(1);

    rehearsal.host.commit('headgate/headgate', 'v1', flow('new'));
    const again = await play(
      'on: push\njobs:\n  call: { uses: headgate/headgate/.github/workflows/flow.yml@v1 }\n',
    );
    expect(jobNamed(again, 'call / inner / a').log).toContain('inner new');
    expect(again.referencedWorkflows[0]?.sha).not.toBe(shas[0]);
  });

  // Source: docs.github.com, "Reuse workflows", "Behavior of reusable workflows when re-running jobs".
  it.each([
    ['the failed jobs keeps the commit of the first attempt', 'failed', 'flow old'],
    ['all jobs takes what the tag names now', 'all', 'flow new'],
  ] as const)('running again %s', async (_, jobs, expected) => {
    await rehearsal.host.addRepository(settingsOf('headgate/headgate', { defaultBranch: 'v1' }));
    rehearsal.host.commit('headgate/headgate', 'v1', flow('old'));
    const run = await play(
      'on: push\njobs:\n  call: { uses: headgate/headgate/.github/workflows/flow.yml@v1 }\n',
    );
    expect(run.conclusion).toBe('failure');

    rehearsal.host.commit('headgate/headgate', 'v1', flow('new'));
    await rehearsal.engine.rerun(run.id, jobs);
    await rehearsal.engine.finished(run.id);

    expect(run.conclusion).toBe('success');
    expect(jobNamed(run, 'call / a').log).toContain(expected);
  });
});

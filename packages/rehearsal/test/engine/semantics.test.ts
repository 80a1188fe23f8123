// Small workflows that fall into the traps of GitHub's semantics, each with what GitHub documents.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { conclusions, createRehearsal, jobNamed, type Rehearsal } from '../support/rehearsal.js';

let rehearsal: Rehearsal;
beforeEach(async () => {
  rehearsal = await createRehearsal({
    settings: {
      secrets: { KEY: 'top-secret-value', OTHER: 'other-secret' },
      variables: { WHERE: 'repository' },
    },
  });
});
afterEach(() => rehearsal.close());

/** Pushes one workflow, and files that it calls. */
function play(text: string, callees: Readonly<Record<string, string>> = {}): Promise<RunState> {
  const files = Object.entries(callees).map(([name, content]) => [`.github/workflows/${name}.yml`, content]);
  return rehearsal.push({ '.github/workflows/x.yml': text, ...Object.fromEntries(files) });
}

describe('a matrix', () => {
  it('from the outputs of a job keeps types, in names, conditions and expressions', async () => {
    const run = await play(
      `on: push
jobs:
  list:
    runs-on: x
    outputs: { rows: "\${{ steps.make.outputs.rows }}" }
    steps:
      - id: make
        run: |
          echo 'rows=[{"n":1,"on":true},{"n":2,"on":false}]' >> "$GITHUB_OUTPUT"
  legs:
    needs: list
    strategy:
      matrix:
        row: \${{ fromJSON(needs.list.outputs.rows) }}
        include: [{ row: { n: 2, on: false }, extra: yes-two }]
    name: leg \${{ matrix.row.n }}
    runs-on: x
    steps:
      - if: matrix.row.on
        run: echo "on \${{ matrix.row.n == 1 }}"
      - if: "!matrix.row.on && matrix.extra == 'yes-two'"
        run: echo "off and extra"
`,
    );

    expect(conclusions(run)).toEqual({ list: 'success', 'leg 1': 'success', 'leg 2': 'success' });
    expect(jobNamed(run, 'leg 1').log).toContain('on true');
    expect(jobNamed(run, 'leg 2').log).toContain('off and extra');
  });

  it('a leg that is forgiven does not cancel its siblings; one that is not does', async () => {
    const run = await play(`on: push
jobs:
  legs:
    strategy:
      max-parallel: 1
      matrix:
        include: [{ n: 1, forgiven: true }, { n: 2, forgiven: false }, { n: 3, forgiven: false }]
    continue-on-error: \${{ matrix.forgiven }}
    runs-on: x
    steps: [{ run: exit 1 }]
  after: { needs: legs, if: "!cancelled()", runs-on: x, steps: [{ run: "echo \${{ needs.legs.result }}" }] }
`);

    expect(conclusions(run)).toEqual({
      'legs (1, true)': 'failure',
      'legs (2, false)': 'failure',
      'legs (3, false)': 'cancelled',
      after: 'success',
    });
    expect(jobNamed(run, 'after').log).toContain('failure');
  });

  it('calls a workflow once a leg; the caller sees the outputs of the last one that set them', async () => {
    const callee = `on:
  workflow_call:
    inputs: { n: { type: number, required: true } }
    outputs: { twice: { value: "\${{ jobs.a.outputs.twice }}" } }
jobs:
  a:
    runs-on: x
    outputs: { twice: "\${{ steps.s.outputs.twice }}" }
    steps: [{ id: s, run: 'echo "twice=$((2 * \${{ inputs.n }}))" >> "$GITHUB_OUTPUT"' }]
`;
    const run = await play(
      `on: push
jobs:
  call:
    strategy: { max-parallel: 1, matrix: { n: [1, 2] } }
    uses: ./.github/workflows/y.yml
    with: { n: "\${{ matrix.n }}" }
  after: { needs: call, runs-on: x, steps: [{ run: "echo got \${{ needs.call.outputs.twice }}" }] }
`,
      { y: callee },
    );

    expect(Object.keys(conclusions(run))).toEqual(['call (1) / a', 'call (2) / a', 'after']);
    expect(jobNamed(run, 'after').log).toContain('got 4');
  });
});

describe('reusable workflows', () => {
  const chain = (depth: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: depth }, (_, index) => {
        const next = index + 1;
        const job =
          next === depth
            ? `runs-on: x\n    outputs: { v: "\${{ inputs.v }}!" }\n    steps: [{ run: "true" }]`
            : `uses: ./.github/workflows/y${next}.yml\n    with: { v: "\${{ inputs.v }}${next}" }`;
        return [
          `y${index}`,
          `on:\n  workflow_call:\n    inputs: { v: { type: string } }\n    outputs: { v: { value: "\${{ jobs.j.outputs.v }}" } }\njobs:\n  j:\n    ${job}\n`,
        ];
      }),
    );
  const top = `on: push
jobs:
  c: { uses: ./.github/workflows/y0.yml, with: { v: a } }
  after: { needs: c, runs-on: x, steps: [{ run: "echo \${{ needs.c.outputs.v }}" }] }
`;

  it('hand inputs down and outputs up through all ten levels that GitHub allows', async () => {
    const run = await play(top, chain(9));

    expect(jobNamed(run, 'after').log).toContain('a12345678!');
    expect(run.jobs.map(({ name }) => name)).toContain(`c / ${Array(9).fill('j').join(' / ')}`);
  });

  it('refuse the eleventh', async () => {
    const run = await play(top, chain(10));

    expect(run.problem).toMatch(/y8\.yml:\d+: calls are nested deeper than 10 levels/u);
  });

  it('see no variable of the caller, no secret that was not passed, and env of their own only', async () => {
    const run = await play(
      `on: push
env: { OUTER: outer }
jobs:
  call:
    uses: ./.github/workflows/y.yml
    secrets: { RENAMED: "\${{ secrets.KEY }}" }
`,
      {
        y: `on: { workflow_call: { secrets: { RENAMED: { required: true } } } }
env: { INNER: inner }
jobs:
  a:
    runs-on: x
    steps:
      - run: echo "[$OUTER] [$INNER] [\${{ env.OUTER }}] [\${{ secrets.OTHER }}] [\${{ vars.WHERE }}]"
      - run: test "\${{ secrets.RENAMED }}" = top-secret-value && test "\${{ github.workflow_ref }}" = "acme/shop/.github/workflows/x.yml@refs/heads/develop"
`,
      },
    );

    expect(jobNamed(run, 'call / a').log).toContain('[] [inner] [] [] [repository]');
    expect(run.conclusion).toBe('success');
  });

  it('go on after a failed job inside where always() says so, and tell the caller', async () => {
    const run = await play(
      `on: push
jobs:
  call: { uses: ./.github/workflows/y.yml }
  skipped: { needs: call, runs-on: x, steps: [{ run: "true" }] }
  told: { needs: call, if: always(), runs-on: x, steps: [{ run: "echo \${{ needs.call.result }}" }] }
`,
      {
        y: `on: workflow_call
jobs:
  bad: { runs-on: x, steps: [{ run: exit 3 }] }
  tidy: { needs: bad, if: always(), runs-on: x, steps: [{ run: "true" }] }
`,
      },
    );

    expect(conclusions(run)).toEqual({
      'call / bad': 'failure',
      'call / tidy': 'success',
      skipped: 'skipped',
      told: 'success',
    });
    expect(jobNamed(run, 'told').log).toContain('failure');
  });
});

describe('steps', () => {
  it('with sh stop at an error without pipefail, with bash with it, and unset shell is bash -e', async () => {
    const run = await play(`on: push
jobs:
  a:
    runs-on: x
    steps:
      - { id: sh, continue-on-error: true, shell: sh, run: "false | true\\necho sh went on\\nfalse\\necho never" }
      - { id: bash, continue-on-error: true, shell: bash, run: "false | true\\necho never" }
      - { id: plain, continue-on-error: true, run: "false | true\\necho plain went on\\nfalse\\necho never" }
      - run: echo "\${{ steps.sh.outcome }} \${{ steps.bash.outcome }} \${{ steps.plain.outcome }} \${{ steps.plain.conclusion }}"
`);
    const { log } = jobNamed(run, 'a');

    expect(log).toContain('sh went on');
    expect(log).toContain('plain went on');
    expect(log).not.toMatch(/^never$/mu);
    expect(log).toContain('failure failure failure success');
  });

  it('read the latest file commands: env of a step wins over GITHUB_ENV, GITHUB_ENV over the job’s env', async () => {
    const run = await play(`on: push
env: { A: workflow, B: workflow, C: workflow }
jobs:
  a:
    runs-on: x
    env: { B: job, C: job }
    steps:
      - run: |
          echo "C=file" >> "$GITHUB_ENV"
          echo "D=file" >> "$GITHUB_ENV"
      - env: { D: step }
        run: echo "$A $B $C $D / \${{ env.C }} \${{ env.D }}"
`);

    expect(jobNamed(run, 'a').log).toContain('workflow job file step / file step');
  });

  it('after a failure run only where they say so, and a later status sees the first failure', async () => {
    const run = await play(`on: push
jobs:
  a:
    runs-on: x
    steps:
      - { id: one, run: exit 1 }
      - { id: two, if: "success() || steps.one.outcome == 'failure'", run: "true" }
      - { id: three, run: "true" }
      - { id: four, if: "failure() && steps.three.conclusion == 'skipped'", run: "echo four" }
`);

    expect(
      jobNamed(run, 'a')
        .steps.slice(1, -1)
        .map(({ conclusion }) => conclusion),
    ).toEqual(['failure', 'success', 'skipped', 'success']);
    expect(run.conclusion).toBe('failure');
  });

  it('fail on a condition that cannot be evaluated, naming it', async () => {
    const run = await play(`on: push
jobs:
  a: { runs-on: x, steps: [{ if: "fromJSON('{')", run: "true" }] }
`);

    expect(run.conclusion).toBe('failure');
    expect(
      jobNamed(run, 'a')
        .annotations.map(({ message }) => message)
        .join(),
    ).toContain("fromJSON('{')");
  });

  it('mask every line of a multi-line secret and drop an output that contains one', async () => {
    await rehearsal.close();
    rehearsal = await createRehearsal({
      settings: { secrets: { PEM: 'first-line-of-it\nsecond-line-of-it\n' } },
    });
    const run = await play(`on: push
jobs:
  a:
    runs-on: x
    outputs: { leak: "\${{ steps.s.outputs.leak }}", fine: "\${{ steps.s.outputs.fine }}" }
    steps:
      - id: s
        env: { PEM: "\${{ secrets.PEM }}" }
        run: |
          echo "seen second-line-of-it"
          echo "leak=x second-line-of-it" >> "$GITHUB_OUTPUT"
          echo "fine=yes" >> "$GITHUB_OUTPUT"
  b: { needs: a, runs-on: x, steps: [{ run: "echo '[\${{ needs.a.outputs.leak }}] [\${{ needs.a.outputs.fine }}]'" }] }
`);

    expect(jobNamed(run, 'a').log).toContain('seen ***');
    expect(jobNamed(run, 'a').outputs).toEqual({ fine: 'yes' });
    expect(jobNamed(run, 'b').log).toContain('[] [yes]');
  });
});

describe('jobs', () => {
  it('cannot exclude by a matrix key that is not there', async () => {
    const run = await play(`on: push
jobs:
  a:
    strategy: { matrix: { os: [a, b], exclude: [{ so: a }] } }
    runs-on: x
    steps: [{ run: "true" }]
`);

    expect(run.conclusion).toBe('failure');
    expect(jobNamed(run, 'a').annotations[0]?.message).toContain(
      "Matrix exclude key 'so' does not match any key within the matrix",
    );
  });

  it('with queue: max may not cancel what runs', async () => {
    const run = await play(`on: push
jobs:
  a:
    concurrency: { group: g, queue: max, cancel-in-progress: true }
    runs-on: x
    steps: [{ run: "true" }]
`);

    expect(run.conclusion).toBe('failure');
    expect(
      [run.problem, ...run.jobs.flatMap((job) => job.annotations.map(({ message }) => message))].join(),
    ).toMatch(/queue|cancel-in-progress/u);
  });

  it('evaluate their condition with the results and outputs of all they need', async () => {
    const run = await play(`on: push
jobs:
  a: { runs-on: x, outputs: { list: "[]" }, steps: [{ run: "true" }] }
  b: { needs: a, if: "needs.a.outputs.list != '[]'", runs-on: x, steps: [{ run: "true" }] }
  c: { needs: [a, b], if: "contains(needs.*.result, 'skipped') && !failure()", runs-on: x, steps: [{ run: "true" }] }
  d: { needs: [c], if: "\${{ needs.c.result == 'success' && always() }}", runs-on: x, steps: [{ run: "true" }] }
`);

    expect(conclusions(run)).toEqual({ a: 'success', b: 'skipped', c: 'success', d: 'success' });
  });

  it('name an environment without deployment, and one that does not exist without protection', async () => {
    const run = await play(`on: push
jobs:
  a: { runs-on: x, environment: { name: new-one, deployment: false }, steps: [{ run: "true" }] }
  b: { runs-on: x, environment: "also-\${{ github.ref_name }}", steps: [{ run: "true" }] }
`);

    expect(run.problem).toBeUndefined();
    expect(run.jobs.map(({ environment, conclusion }) => [environment, conclusion])).toEqual([
      ['new-one', 'success'],
      ['also-develop', 'success'],
    ]);
  });
});

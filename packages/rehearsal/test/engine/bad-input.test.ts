// Input that GitHub refuses: what the rehearsal says, with file and line, in GitHub's words where they are known.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { createRehearsal, jobNamed, type Rehearsal } from '../support/rehearsal.js';

let rehearsal: Rehearsal;
beforeEach(async () => {
  rehearsal = await createRehearsal();
});
afterEach(() => rehearsal.close());

const file = '.github/workflows/x.yml';
const callee = `on:
  workflow_call:
    inputs:
      count: { type: number, required: true }
      flag: { type: boolean }
      word: { type: string }
    secrets: { KEY: { required: true } }
jobs:
  a: { runs-on: x, steps: [{ run: "true" }] }
`;

function play(workflow: string, more: Readonly<Record<string, string>> = {}): Promise<RunState> {
  return rehearsal.push({ [file]: workflow, '.github/workflows/callee.yml': callee, ...more });
}

/** A job whose further lines begin at line 5. */
const job = (lines: string): string => `on: push\njobs:\n  a:\n    runs-on: x\n${lines}`;
/** A call whose further lines begin at line 5. */
const call = (lines: string): string =>
  `on: push\njobs:\n  a:\n    uses: ./.github/workflows/callee.yml\n${lines}`;
const steps = '    steps: [{ run: "true" }]\n';
const secrets = '    secrets: { KEY: x }\n';

describe('a file that starts no job', () => {
  it.each<[string, string, string]>([
    [
      'YAML that is not closed',
      'on: push\njobs:\n  a: [x\n  b: y\n',
      `${file}: Flow sequence in block collection must be sufficiently indented and end with a ] at line 4, column 3`,
    ],
    [
      'a tab',
      'on: push\njobs:\n\ta: x\n',
      `${file}: Tabs are not allowed as indentation at line 3, column 1`,
    ],
    [
      'a key twice',
      job(`    runs-on: y\n${steps}`),
      `${file} (Line: 5, Col: 5): 'runs-on' is already defined`,
    ],
    ['an unknown key', job(`    foo: 1\n${steps}`), `${file} (Line: 5, Col: 5): Unexpected value 'foo'`],
    [
      'a merge key',
      'on: push\njobs:\n  a: &a { runs-on: x, steps: [{ run: x }] }\n  b: { <<: *a }\n',
      `${file} (Line: 4, Col: 8): Unexpected value '<<'`,
    ],
    [
      'an event that is none',
      'on: [push, pushh]\njobs:\n  a: { runs-on: x, steps: [{ run: x }] }\n',
      `${file} (Line: 1, Col: 12): Unexpected value 'pushh'`,
    ],
    [
      'a filter and its opposite',
      'on:\n  push:\n    branches: [a]\n    branches-ignore: [b]\njobs:\n  a: { runs-on: x, steps: [{ run: x }] }\n',
      `${file}:4: \`push\` may have one of \`branches\` and \`branches-ignore\`, not both`,
    ],
    ['no jobs', 'on: push\n', `${file} (Line: 1, Col: 1): Required property is missing: jobs`],
    [
      'a job without runner',
      'on: push\njobs:\n  a:\n    steps: [{ run: x }]\n',
      `${file} (Line: 4, Col: 5): Required property is missing: runs-on`,
    ],
    [
      'a job without steps',
      job(''),
      `${file}:3: No steps defined in \`steps\` and no workflow called in \`uses\` for the following jobs: a`,
    ],
    ['a job with an empty list of steps', job('    steps: []\n'), `${file}:3: No steps defined`],
    [
      'a step without run or uses',
      job('    steps:\n      - { name: x }\n'),
      `${file} (Line: 6, Col: 9): There's not enough info to determine what you meant`,
    ],
    [
      'a step with both',
      job('    steps:\n      - { run: x, uses: a/b@v1 }\n'),
      `${file} (Line: 6, Col: 19): Unexpected value 'uses'`,
    ],
    [
      'a step’s id twice',
      job('    steps:\n      - { id: s, run: x }\n      - { id: s, run: y }\n'),
      `${file} (Line: 7, Col: 15): The identifier 's' may not be used more than once within the same scope.`,
    ],
    [
      'a job’s id that is none',
      'on: push\njobs:\n  "1a": { runs-on: x, steps: [{ run: x }] }\n',
      `${file} (Line: 3, Col: 3): The identifier '1a' is invalid.`,
    ],
    [
      'a cycle in needs',
      'on: push\njobs:\n  s: { runs-on: x, steps: [{ run: x }] }\n  a: { needs: b, runs-on: x, steps: [{ run: x }] }\n  b: { needs: a, runs-on: x, steps: [{ run: x }] }\n',
      `${file} (Line: 4, Col: 15): Job 'a' depends on job 'b' which creates a cycle in the dependency graph.`,
    ],
    [
      'a job that needs itself',
      job(`    needs: a\n${steps}`),
      `${file} (Line: 3, Col: 3): The workflow must contain at least one job with no dependencies.`,
    ],
    [
      'a need that is no job',
      'on: push\njobs:\n  a: { runs-on: x, steps: [{ run: x }] }\n  b: { needs: c, runs-on: x, steps: [{ run: x }] }\n',
      `${file} (Line: 4, Col: 15): Job 'b' depends on unknown job 'c'.`,
    ],
    [
      'an unknown function',
      job(`    steps:\n      - run: echo \${{ nope(1) }}\n`),
      `${file} (Line: 6, Col: 14): Unrecognized function: 'nope'`,
    ],
    [
      'an unknown function in a condition',
      job(`    if: nope()\n${steps}`),
      `${file} (Line: 5, Col: 9): Unrecognized function: 'nope'`,
    ],
    [
      'a status function outside a condition',
      job(`    steps:\n      - run: echo \${{ success() }}\n`),
      `${file} (Line: 6, Col: 14): Unrecognized function: 'success'`,
    ],
    [
      'an unknown context',
      job(`    steps:\n      - run: echo \${{ nope.x }}\n`),
      `${file} (Line: 6, Col: 14): Unrecognized named-value: 'nope'`,
    ],
    [
      'an expression that is not closed',
      job(`    steps:\n      - run: echo \${{ github.sha\n`),
      `${file} (Line: 6, Col: 14): The expression is not closed.`,
    ],
    [
      'an expression that is not finished',
      job(`    steps:\n      - run: echo \${{ github.sha == }}\n`),
      `${file} (Line: 6, Col: 14): Unexpected end of expression: '=='`,
    ],
    [
      'a permission that is none',
      job(`    permissions: { nope: read }\n${steps}`),
      `${file} (Line: 5, Col: 20): Unexpected value 'nope'`,
    ],
    [
      'a level of permission that is none',
      job(`    permissions: { contents: admin }\n${steps}`),
      `${file} (Line: 5, Col: 30): Unexpected value 'admin'`,
    ],
    [
      'a time limit that is no number',
      job(`    timeout-minutes: soon\n${steps}`),
      `${file} (Line: 5, Col: 22): Unexpected value 'soon'`,
    ],
    [
      'a matrix that is no list',
      job(`    strategy: { matrix: { v: x } }\n${steps}`),
      `${file} (Line: 5, Col: 30): Unexpected value 'x'`,
    ],
    [
      'a queue that is none',
      job(`    concurrency: { group: g, queue: some }\n${steps}`),
      `${file} (Line: 5, Col: 37): Unexpected value 'some'`,
    ],
    [
      'a called workflow that is not there',
      'on: push\njobs:\n  a: { uses: ./.github/workflows/none.yml }\n',
      `${file}:3: acme/shop has no .github/workflows/none.yml at `,
    ],
    [
      'a called workflow of a reference that is not there',
      'on: push\njobs:\n  a: { uses: acme/shop/.github/workflows/callee.yml@v9 }\n',
      `${file}:3: acme/shop has no reference v9`,
    ],
    [
      'a called workflow of a repository that is not there',
      'on: push\njobs:\n  a: { uses: else/where/.github/workflows/callee.yml@v9 }\n',
      `${file}:3: else/where has no reference v9`,
    ],
    [
      'a call of what is no workflow file',
      'on: push\njobs:\n  a: { uses: acme/shop/callee.yml@v9 }\n',
      `${file}:3: \`uses: acme/shop/callee.yml@v9\` names no workflow file`,
    ],
    [
      'an input that is not declared',
      call(`${secrets}    with: { count: 1, stray: x }\n`),
      `${file}:3: input stray is not defined in .github/workflows/callee.yml`,
    ],
    [
      'a required input that is not given',
      call(secrets),
      `${file}:3: input count is required by .github/workflows/callee.yml`,
    ],
    [
      'a required secret that is not given',
      call('    with: { count: 1 }\n'),
      `${file}:3: secret KEY is required by .github/workflows/callee.yml`,
    ],
    [
      'a secret that is not declared',
      call('    with: { count: 1 }\n    secrets: { STRAY: x, KEY: x }\n'),
      `${file}:3: secret STRAY is not defined in .github/workflows/callee.yml`,
    ],
    [
      'an input of another type',
      call(`${secrets}    with:\n      count: many\n`),
      `${file}:7: Unexpected value "many": input count must be a number`,
    ],
    [
      'a text where a boolean is wanted',
      call(`${secrets}    with:\n      count: 1\n      flag: "true"\n`),
      `${file}:8: Unexpected value "true": input flag must be a boolean`,
    ],
  ])('%s', async (_name, workflow, message) => {
    const run = await play(workflow);

    expect(run.problem).toContain(message);
    expect({ conclusion: run.conclusion, jobs: run.jobs }).toEqual({ conclusion: 'failure', jobs: [] });
  });

  it('eleven levels of workflows', async () => {
    const level = (next: string): string =>
      `on: workflow_call\njobs:\n  j: { ${next}, with: {} }\n`.replace(', with: {}', '');
    const files = Array.from({ length: 10 }, (_, index) => [
      `.github/workflows/y${index}.yml`,
      level(index === 9 ? 'runs-on: x, steps: [{ run: x }]' : `uses: ./.github/workflows/y${index + 1}.yml`),
    ]);
    const run = await play(
      'on: push\njobs:\n  c: { uses: ./.github/workflows/y0.yml }\n',
      Object.fromEntries(files),
    );

    expect(run.problem).toBe('.github/workflows/y8.yml:3: calls are nested deeper than 10 levels');
    expect(run.jobs).toEqual([]);
  });

  it.each([
    [50, undefined],
    [51, `${file}:53: the run uses more than 50 workflows`],
  ])('fifty-one workflows, not fifty (%d)', async (count, problem) => {
    const names = Array.from({ length: count }, (_, index) => `y${index}`);
    const files = names.map((name) => [
      `.github/workflows/${name}.yml`,
      'on: workflow_call\njobs: { j: { if: false, runs-on: x, steps: [{ run: x }] } }\n',
    ]);
    const calls = names.map((name) => `  ${name}: { uses: ./.github/workflows/${name}.yml }\n`);
    const run = await play(`on: push\njobs:\n${calls.join('')}`, Object.fromEntries(files));

    expect(run.problem).toBe(problem);
    expect(run.jobs).toHaveLength(problem === undefined ? count : 0);
  });
});

describe('a job that fails', () => {
  it.each<[string, string, string]>([
    [
      'an empty vector of a matrix',
      job(`    strategy: { matrix: { v: [] } }\n${steps}`),
      `${file}:5: matrix vector 'v' does not contain any values`,
    ],
    [
      'a matrix of 257 jobs',
      job(
        `    strategy: { matrix: { v: [${Array.from({ length: 257 }, (_, index) => index).join()}] } }\n${steps}`,
      ),
      `${file}:5: 257 combinations, at most 256`,
    ],
    [
      'a matrix from something that is no JSON',
      job(`    strategy:\n      matrix:\n        v: \${{ fromJSON(github.ref_name) }}\n${steps}`),
      `${file}:7: the expression \`fromJSON(github.ref_name)\` cannot be evaluated`,
    ],
    [
      'an evaluated input of another type',
      call(`${secrets}    with:\n      count: 1\n      flag: \${{ github.ref_name }}\n`),
      `${file}:8: Unexpected value "develop": input flag must be a boolean`,
    ],
    [
      'an output of 1.1 MB',
      job(
        `    outputs:\n      big: \${{ steps.s.outputs.big }}\n    steps:\n      - { id: s, run: "(printf big=; head -c 550000 /dev/zero | tr '\\\\0' x; echo) >> $GITHUB_OUTPUT" }\n`,
      ),
      `${file}:6: the job's outputs take 1100000 bytes, at most 1048576 are allowed.`,
    ],
    [
      'a file command that is none',
      job('    steps:\n      - run: echo nonsense >> "$GITHUB_OUTPUT"\n'),
      `Unable to process file command 'output' successfully. Invalid format 'nonsense' (${file}:6)`,
    ],
    [
      'a working directory that is not there',
      job('    steps:\n      - { run: pwd, working-directory: nowhere }\n'),
      'shop/nowhere does not exist',
    ],
    [
      'an action that is not there',
      job('    steps:\n      - uses: ./nowhere\n'),
      'no action.yml in the action’s folder'.replace('’', "'"),
    ],
  ])('%s', async (_name, workflow, message) => {
    const run = await play(workflow);

    expect(run.conclusion).toBe('failure');
    expect(
      jobNamed(run, 'a')
        .annotations.map((annotation) => annotation.message)
        .join('\n'),
    ).toContain(message);
  });
});

describe('a job that goes on', () => {
  it('after a summary over 1 MiB, which is not shown', async () => {
    const run = await play(
      job(
        '    steps:\n      - run: head -c 1100000 /dev/zero | tr "\\0" x > "$GITHUB_STEP_SUMMARY"\n      - run: "true"\n',
      ),
    );
    const { conclusion, summary, annotations } = jobNamed(run, 'a');

    expect({ conclusion, summary }).toEqual({ conclusion: 'success', summary: '' });
    expect(annotations.map(({ message }) => message)).toEqual([
      `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got 1074k. (${file}:6)`,
    ]);
  });
});

// Steps of a whole job through real bash and node.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobState } from '../../src/model.js';
import { commandForms } from '../support/command-forms.js';
import { pushEvent } from '../support/host.js';
import { createRehearsal, jobNamed, type Rehearsal, repository } from '../support/rehearsal.js';

describe('the steps of a job', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await createRehearsal({ settings: { secrets: { KEY: 'top-secret-value' } } });
  });
  afterEach(() => rehearsal.close());

  const push = async (steps: string, job = '', files: Record<string, string> = {}): Promise<JobState> => {
    const text = `on: push\njobs:\n  a:\n    runs-on: x\n${job}    steps:\n${steps}`;
    const run = await rehearsal.push({ '.github/workflows/x.yml': text, ...files });
    expect(run.problem).toBeUndefined();
    return jobNamed(run, 'a');
  };
  const result = (job: JobState): (string | null)[] =>
    job.steps.slice(1, -1).map(({ conclusion }) => conclusion);

  it('hand on outputs, variables and paths', async () => {
    const job = await push(
      `      - id: one
        run: |
          echo "word=hello" >> "$GITHUB_OUTPUT"
          { echo "LINES<<END"; echo a; echo b; echo END; } >> "$GITHUB_ENV"
          mkdir "$RUNNER_TEMP/bin"; printf '#!/bin/sh\\necho mine\\n' > "$RUNNER_TEMP/bin/tool"; chmod +x "$RUNNER_TEMP/bin/tool"
          echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
          echo "# Summary" >> "$GITHUB_STEP_SUMMARY"
      - run: echo "$WORD $LINES" $(tool) "\${{ env.LINES }}"
        env: { WORD: "\${{ steps.one.outputs.word }}" }
`,
      `    outputs: { word: "\${{ steps.one.outputs.word }}", secret: "is \${{ secrets.KEY }}" }\n`,
    );

    expect(job.log).toContain('hello a\nb mine a\nb');
    expect(job.summary).toBe('# Summary\n');
    expect(job.outputs).toEqual({ word: 'hello' });
    expect(job.annotations).toEqual([
      { level: 'warning', message: "Skip output 'secret' since it may contain secret." },
    ]);
  });

  it('obey conditions, continue-on-error and time limits', async () => {
    const job = await push(`      - id: bad
        continue-on-error: true
        run: exit 4
      - if: steps.bad.outcome == 'failure' && steps.bad.conclusion == 'success'
        run: echo outcome known
      - run: exit 5
      - run: echo not reached
      - if: failure()
        run: echo on failure
      - if: always() && hashFiles('nothing') == ''
        run: echo always
      - if: "!cancelled()"
        timeout-minutes: 0.002
        run: exec sleep 60
`);

    expect(result(job)).toEqual([
      'success',
      'success',
      'failure',
      'skipped',
      'success',
      'success',
      'failure',
    ]);
    expect(job.conclusion).toBe('failure');
    expect(job.log).toContain("The action 'Run exec sleep 60' has timed out after 0.002 minutes.");
  });

  it('use the shells and folders that defaults and steps name', async () => {
    const job = await push(
      `      - run: mkdir -p sub/deep
      - run: pwd; false | true; echo "no pipefail $0"
        working-directory: sub/deep
      - { run: 'false | true', shell: bash }
`,
      '    defaults: { run: { shell: sh } }\n',
    );

    expect(job.log).toMatch(/\/sub\/deep\nno pipefail/u);
    expect(result(job)).toEqual(['success', 'success', 'failure']);
  });

  it('see nothing of the machine but what is allowed, and all that GitHub gives', async () => {
    process.env['HEADGATE_LEAK'] = 'leaked';
    const job = await push('      - { run: env, env: { OWN: "1", GITHUB_SHA: forged } }\n');
    delete process.env['HEADGATE_LEAK'];
    const names = new Set(job.log.split('\n').map((line) => line.split('=')[0]));

    expect(job.log).not.toContain('leaked');
    expect(job.log).not.toContain('forged');
    for (const name of ['ACTIONS_RUNTIME_TOKEN', 'GITHUB_TOKEN', 'INPUT_TOKEN'])
      expect(names).not.toContain(name);
    for (const name of 'CI GITHUB_ACTIONS GITHUB_ACTION GITHUB_ACTOR GITHUB_API_URL GITHUB_BASE_REF GITHUB_ENV GITHUB_EVENT_NAME GITHUB_EVENT_PATH GITHUB_HEAD_REF GITHUB_JOB GITHUB_OUTPUT GITHUB_PATH GITHUB_REF GITHUB_REF_NAME GITHUB_REF_PROTECTED GITHUB_REF_TYPE GITHUB_REPOSITORY GITHUB_REPOSITORY_ID GITHUB_RUN_ATTEMPT GITHUB_RUN_ID GITHUB_RUN_NUMBER GITHUB_SERVER_URL GITHUB_SHA GITHUB_STATE GITHUB_STEP_SUMMARY GITHUB_TRIGGERING_ACTOR GITHUB_WORKFLOW GITHUB_WORKFLOW_REF GITHUB_WORKFLOW_SHA GITHUB_WORKSPACE HOME OWN PATH RUNNER_ARCH RUNNER_OS RUNNER_TEMP RUNNER_TRACKING_ID'.split(
      ' ',
    )) {
      expect(names).toContain(name);
    }
  });

  it('fail on a malformed file command', async () => {
    const job = await push('      - run: echo nonsense >> "$GITHUB_OUTPUT"\n');

    expect(job.conclusion).toBe('failure');
    expect(job.log).toContain("Unable to process file command 'output' successfully");
  });

  it('keep masks that a step adds, in the log, the summary and annotations', async () => {
    const job = await push(`      - run: |
          echo "::add-mask::found-later"
          echo "found-later top-secret-value $(printf top-secret-value | base64)"
          echo "::error::found-later"
          echo "found-later" >> "$GITHUB_STEP_SUMMARY"
          exit 1
        env: { KEY: "\${{ secrets.KEY }}" }
`);

    expect(job.log).toContain('*** *** ***');
    expect(job.annotations[0]).toEqual({ level: 'failure', message: '***' });
    expect(job.summary).toBe('***\n');
  });

  it('are not moved by 200 forms of commands in a stopped build log', async () => {
    const job = await push(
      `      - uses: actions/checkout@v7
      - run: |
          echo "::stop-commands::0123456789abcdef"
          cat forms.txt
          echo "::0123456789abcdef::"
          echo "::notice::obeyed again"
`,
      '',
      { 'forms.txt': `${commandForms.join('\n')}\n` },
    );

    expect(job.conclusion).toBe('success');
    expect(job.annotations).toEqual([{ level: 'notice', message: 'obeyed again' }]);
    expect(job.summary).toBe('');
  });

  it.each([
    'feature/$(touch$IFS-pwned)',
    'feature/`id`;x',
    'feature/a"b',
    "feature/a'b&&c",
    'feature/%0Aerror%0D',
    'feature/-rf',
  ])('take the branch name %s as text', async (branch) => {
    const sha = rehearsal.host.commit(repository, 'develop', {
      '.github/workflows/x.yml': `on: push
jobs:
  a:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - env: { NAME: "\${{ github.ref_name }}" }
        run: |
          test "$NAME" = "$GITHUB_REF_NAME" && test "$(git rev-parse --abbrev-ref HEAD)" = "$NAME"
          test "$(ls)" = ""
          test "$(git rev-parse HEAD)" = "$GITHUB_SHA"
`,
    });
    rehearsal.host.commit(repository, branch, {});
    const [run] = await rehearsal.engine.handle(pushEvent(repository, branch, sha));
    const job = jobNamed(await rehearsal.engine.finished(run?.id ?? 0), 'a');

    expect([job.conclusion, job.annotations]).toEqual(['success', []]);
  });

  it('leave no process behind', async () => {
    const job = await push('      - run: sleep 300 > /dev/null 2>&1 & echo "pid $!"\n');
    const pid = Number(/pid (\d+)/u.exec(job.log)?.[1]);

    expect(job.log).toContain(`Terminated orphan processes: ${pid}`);
  });

  it('of a job over its time are cancelled', async () => {
    const job = await push('      - run: exec sleep 60\n', '    timeout-minutes: 0.003\n');

    expect(job.conclusion).toBe('cancelled');
    expect(job.log).toContain('The job has exceeded the maximum execution time');
  });
});

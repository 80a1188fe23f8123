// Actions: JavaScript with pre and post parts, composite ones, artifacts, checkout.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobState } from '../../src/model.js';
import { createRehearsal, jobNamed, type Rehearsal, repository } from '../support/rehearsal.js';

const action = (more: string): string => `name: a
description: a
inputs:
  first word: { description: d, default: "none of \${{ github.repository }}" }
runs: { using: node24, main: main.mjs${more} }
`;

const report = (part: string): string => `import { appendFileSync } from 'node:fs';
console.log('${part}', process.env['INPUT_FIRST_WORD'], 'state', process.env.STATE_seen, 'at', process.env.GITHUB_ACTION_PATH.split('/').at(-1));
appendFileSync(process.env.GITHUB_STATE, 'seen=' + (process.env.STATE_seen ?? '') + '${part};\\n');
console.log('runtime', typeof process.env.ACTIONS_RUNTIME_TOKEN, process.version.split('.')[0] >= 'v24');
if ('${part}' === 'main' && process.env.FAIL) process.exit(1);
`;

const files: Record<string, string> = {
  'acts/full/action.yml': action(', pre: pre.mjs, post: post.mjs'),
  'acts/full/pre.mjs': report('pre'),
  'acts/full/main.mjs': report('main'),
  'acts/full/post.mjs': report('post'),
  'acts/picky/action.yml': action(', post: post.mjs, post-if: success()'),
  'acts/picky/main.mjs': report('main'),
  'acts/picky/post.mjs': report('picky-post'),
  'acts/mixed/action.yml': `name: c
description: c
inputs: { word: { description: w, required: true } }
outputs: { said: { description: s, value: "\${{ steps.say.outputs.said }}" } }
runs:
  using: composite
  steps:
    - id: say
      shell: bash
      run: echo "said=\${{ inputs.word }} from $WHERE" >> "$GITHUB_OUTPUT"; echo "LATER=set" >> "$GITHUB_ENV"
    - uses: $/acts/full
      with: { first word: nested }
`,
  'acts/broken/action.yml': action('').replace('main.mjs', 'missing.mjs'),
  'acts/docker/action.yml': 'name: d\ndescription: d\nruns: { using: docker, image: Dockerfile }\n',
};

describe('actions', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await createRehearsal();
  });
  afterEach(() => rehearsal.close());

  const push = async (steps: string): Promise<JobState> => {
    const text = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${steps}`;
    return jobNamed(await rehearsal.push({ '.github/workflows/x.yml': text, ...files }), 'a');
  };
  const said = (job: JobState): string[] =>
    job.log.split('\n').filter((line) => /^(?:pre|main|post|picky-post) /u.test(line));

  it('never check a file out with the time of another checkout, and git finds nothing changed', async () => {
    const job = await push(`      - { uses: actions/checkout@v4, with: { path: one } }
      - { uses: actions/checkout@v4, with: { path: two } }
      - run: |
          stat -c 'times %y' one/acts/full/main.mjs two/acts/full/main.mjs one/acts/full/pre.mjs
          git -C one diff-files --quiet && echo 'nothing changed'
`);
    const [one, two, beside] = [...job.log.matchAll(/^times (.*)$/gm)].map(([, time]) => time);

    expect(one).not.toBe(two);
    expect(beside).toBe(one);
    expect(job.log).toContain('\nnothing changed');
  });

  it('run pre before all steps and post after them, the last first, with their state', async () => {
    const job = await push(`      - run: echo 'main of a script'
      - { uses: $/acts/full, with: { First Word: one } }
      - { uses: $/acts/full }
`);

    expect(said(job)).toEqual([
      'pre one state undefined at full',
      'pre none of acme/shop state undefined at full',
      'main of a script',
      'main one state pre; at full',
      'main none of acme/shop state pre; at full',
      'post none of acme/shop state pre;main; at full',
      'post one state pre;main; at full',
    ]);
    expect(job.log).toContain('runtime string true');
    expect(job.steps.map(({ name }) => name)).toEqual([
      'Set up job',
      'Pre Run $/acts/full',
      'Pre Run $/acts/full',
      "Run echo 'main of a script'",
      'Run $/acts/full',
      'Run $/acts/full',
      'Post Run $/acts/full',
      'Post Run $/acts/full',
      'Complete job',
    ]);
  });

  it('run post after a failure unless post-if says otherwise, and not for steps that never ran', async () => {
    const job = await push(`      - uses: $/acts/picky
      - { uses: $/acts/full, env: { FAIL: "1" } }
      - { uses: $/acts/picky, with: { first word: skipped } }
`);

    expect(said(job).filter((line) => line.includes('post'))).toEqual([
      'post none of acme/shop state pre;main; at full',
    ]);
    expect(job.conclusion).toBe('failure');
  });

  it('of the workspace and composite ones work too', async () => {
    const job = await push(`      - uses: actions/checkout@v4
      - id: c
        uses: ./acts/mixed
        with: { word: hello, stray: x }
        env: { WHERE: here }
      - run: echo "[\${{ steps.c.outputs.said }}] $LATER [$WHERE]"
`);

    expect(job.log).toContain('[hello from here] set []');
    expect(said(job)).toContain('main nested state undefined at full');
    expect(said(job).at(-1)).toBe('post nested state main; at full');
    expect(job.annotations).toEqual([
      { level: 'warning', message: "Unexpected input(s) 'stray' for ./acts/mixed" },
    ]);
  });

  it.each([
    ['acts/broken', 'missing.mjs does not exist'],
    ['acts/docker', 'using: docker` is not supported'],
    ['acts/none', 'no action.yml'],
  ])('%s is an error by name', async (path, message) => {
    const job = await push(`      - uses: $/${path}\n`);

    expect(job.conclusion).toBe('failure');
    expect(job.annotations[0]?.message).toContain(message);
  });
});

describe('provided actions', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await createRehearsal();
  });
  afterEach(() => rehearsal.close());

  const push = async (steps: string, more: Record<string, string> = {}): Promise<JobState> => {
    const text = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${steps}`;
    return jobNamed(await rehearsal.push({ '.github/workflows/x.yml': text, ...more }), 'a');
  };

  it('carry files between jobs by name, by pattern and with overwrite', async () => {
    const job =
      await push(`      - run: mkdir -p out/deep && echo 1 > out/a.txt && echo 2 > out/deep/b.txt && echo 3 > out/.hidden
      - { id: up, uses: actions/upload-artifact@v4, with: { name: one, path: out } }
      - { uses: actions/upload-artifact@v4, with: { name: two, path: "out/**/*.txt\\n!out/a.txt" } }
      - { uses: actions/upload-artifact@v4, with: { name: one, path: out/a.txt, overwrite: true } }
      - { uses: actions/download-artifact@v4, with: { path: all } }
      - { uses: actions/download-artifact@v4, with: { name: two, path: single } }
      - run: find all single -type f | sort; echo "\${{ steps.up.outputs.artifact-digest }}"; test -n "\${{ steps.up.outputs.artifact-id }}"
      - { uses: actions/upload-artifact@v4, with: { name: one, path: out/a.txt } }
`);

    expect(job.log).toContain('all/one/a.txt\nall/two/deep/b.txt\nsingle/deep/b.txt\n');
    expect(job.log).toMatch(/\n[0-9a-f]{64}\n/u);
    expect(job.steps.slice(1, -1).map(({ conclusion }) => conclusion)).toEqual([
      ...Array(7).fill('success'),
      'failure',
    ]);
  });

  it.each([
    ['if-no-files-found: error', 'failure'],
    ['if-no-files-found: warn', 'success'],
  ])('missing files with %s end in %s', async (setting, expected) => {
    const job = await push(
      `      - { uses: actions/upload-artifact@v4, with: { path: none, ${setting} } }\n`,
    );

    expect(job.conclusion).toBe(expected);
    expect(job.log).toContain('No files were found');
  });

  it('check out history, tags, other references and folders', async () => {
    rehearsal.host.commit(repository, 'other', { 'other.txt': 'o' });
    rehearsal.host.commit(repository, 'develop', { 'first.txt': '1' });
    const job = await push(
      `      - { uses: actions/checkout@v4, with: { fetch-depth: 0, persist-credentials: false } }
      - run: git rev-list --count HEAD; git branch --show-current; git config --get include.path || echo no credentials
      - { uses: actions/checkout@v4, with: { ref: other, path: sub } }
      - run: cd sub && ls && git config --get include.path | xargs cat | grep -c extraheader && git rev-list --count HEAD
      - { uses: actions/checkout@v4, with: { path: ../out } }
`,
    );

    expect(job.log).toMatch(/\n3\ndevelop\nno credentials\n/u);
    expect(job.log).toMatch(/\nother\.txt\n1\n1\n/u);
    expect(job.annotations[0]?.message).toContain('path ../out is outside the workspace');
  });
});

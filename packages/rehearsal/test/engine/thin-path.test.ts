// The thin path of a delivery: push, reusable call, matrix, JavaScript action, outputs.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { settingsOf } from '../support/host.js';
import { conclusions, createRehearsal, jobNamed, type Rehearsal, repository } from '../support/rehearsal.js';

const delivery = `
name: delivery
on:
  push:
    branches: [develop]
permissions:
  contents: read
jobs:
  flow:
    uses: headgate/headgate/.github/workflows/flow.yml@v1
    with:
      greeting: hello
    secrets:
      BUILD_SECRETS: \${{ secrets.BUILD_SECRETS }}
  after:
    needs: flow
    runs-on: ubuntu-latest
    steps:
      - run: echo "said $SAID"
        env:
          SAID: \${{ needs.flow.outputs.said }}
`;

const flow = `
name: flow
on:
  workflow_call:
    inputs:
      greeting: { type: string, required: true }
    secrets:
      BUILD_SECRETS: { required: false }
    outputs:
      said: { value: "\${{ jobs.collect.outputs.said }}" }
permissions: {}
jobs:
  decide:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    outputs:
      legs: \${{ steps.decide.outputs.legs }}
    steps:
      - uses: actions/checkout@v4
      - id: decide
        uses: $/packages/decide
        with:
          words: one two
  build:
    needs: decide
    if: needs.decide.outputs.legs != '[]'
    strategy:
      matrix:
        item: \${{ fromJSON(needs.decide.outputs.legs) }}
    name: build \${{ matrix.item.name }}
    uses: $/.github/workflows/leg.yml
    permissions: { contents: read }
    with:
      settings: \${{ toJSON(matrix.item) }}
      greeting: \${{ inputs.greeting }}
    secrets:
      BUILD_SECRETS: \${{ secrets.BUILD_SECRETS }}
  collect:
    needs: [decide, build]
    if: "!cancelled() && needs.build.result == 'success'"
    runs-on: ubuntu-latest
    permissions: { contents: read }
    outputs:
      said: \${{ steps.say.outputs.said }}
    steps:
      - uses: actions/download-artifact@v4
        with: { path: entries }
      - id: say
        run: |
          echo "said=$(cat entries/*/entry.txt | sort | tr '\\n' ' ')" >> "$GITHUB_OUTPUT"
`;

const leg = `
on:
  workflow_call:
    inputs:
      settings: { type: string, required: true }
      greeting: { type: string, default: none }
    secrets:
      BUILD_SECRETS: { required: false }
permissions: {}
jobs:
  leg:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
      - env:
          NAME: \${{ fromJSON(inputs.settings).name }}
          GREETING: \${{ inputs.greeting }}
          SECRET: \${{ secrets.BUILD_SECRETS }}
        run: |
          echo "the secret is $SECRET"
          printf '%s %s\\n' "$GREETING" "$NAME" > entry.txt
      - uses: actions/upload-artifact@v4
        with:
          name: entry-\${{ fromJSON(inputs.settings).name }}
          path: entry.txt
`;

const decide = `
import { appendFileSync, existsSync } from 'node:fs';
const words = process.env.INPUT_WORDS.split(' ');
if (!existsSync('README.md')) throw new Error('nothing is checked out');
appendFileSync(process.env.GITHUB_OUTPUT, 'legs=' + JSON.stringify(words.map((name) => ({ name }))) + '\\n');
appendFileSync(process.env.GITHUB_STATE, 'kept=' + process.env.INPUT_TOKEN.length + '\\n');
`;

describe('a push through reusable workflows', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await createRehearsal({ settings: { secrets: { BUILD_SECRETS: 'a-long-secret' } } });
    await rehearsal.host.addRepository(settingsOf('headgate/headgate', { defaultBranch: 'v1' }));
    rehearsal.host.commit('headgate/headgate', 'v1', {
      '.github/workflows/flow.yml': flow,
      '.github/workflows/leg.yml': leg,
      'packages/decide/action.yml': `name: decide
description: d
inputs:
  words: { description: w, required: true }
  token: { description: t, default: "\${{ github.token }}" }
runs: { using: node24, main: main.mjs, post: post.mjs }
`,
      'packages/decide/main.mjs': decide,
      'packages/decide/post.mjs': "console.log('token of ' + process.env.STATE_kept + ' characters');\n",
    });
  });
  afterEach(() => rehearsal.close());

  it('runs every stage and hands outputs to the caller', async () => {
    const run = await rehearsal.push({ '.github/workflows/delivery.yml': delivery, 'README.md': 'shop\n' });

    expect(run.problem).toBeUndefined();
    expect(conclusions(run)).toEqual({
      'flow / decide': 'success',
      'flow / build one / leg': 'success',
      'flow / build two / leg': 'success',
      'flow / collect': 'success',
      after: 'success',
    });
    expect(run.conclusion).toBe('success');
    expect(jobNamed(run, 'after').log).toContain('said hello one hello two');
    expect(jobNamed(run, 'flow / decide').log).toContain('token of 40 characters');
    expect(jobNamed(run, 'flow / build one / leg').log).toContain('the secret is ***');
    expect(run.referencedWorkflows.map(({ path }) => path)).toEqual([
      'headgate/headgate/.github/workflows/flow.yml@v1',
      'headgate/headgate/.github/workflows/leg.yml@v1',
    ]);
    expect(rehearsal.host.grants).toHaveLength(5);
    expect(new Set(rehearsal.host.revoked).size).toBe(5);
    expect(
      rehearsal.host
        .artifacts({ repository })
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['entry-one', 'entry-two']);
  });
});

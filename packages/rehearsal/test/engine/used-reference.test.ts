// A repository that stands in for all of its releases: whatever a workflow names, it gets the one state that is there.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { settingsOf } from '../support/host.js';
import { createRehearsal, type Rehearsal } from '../support/rehearsal.js';

let rehearsal: Rehearsal;
const tools = 'headgate/headgate';

beforeEach(async () => {
  rehearsal = await createRehearsal();
});
afterEach(() => rehearsal.close());

async function addTools(everyReference: boolean): Promise<void> {
  await rehearsal.host.addRepository(settingsOf(tools, { defaultBranch: 'v1', everyReference }));
  rehearsal.host.commit(tools, 'v1', {
    '.github/workflows/flow.yml':
      'on: workflow_call\njobs: {inner: {runs-on: x, steps: [{uses: $/packages/say}]}}\n',
    'packages/say/action.yml':
      'name: say\ndescription: says\nruns: {using: composite, steps: [{run: echo said, shell: bash}]}\n',
  });
}

const workflow = (reference: string): Record<string, string> => ({
  '.github/workflows/delivery.yml': [
    'on: push',
    'jobs:',
    `  flow: {uses: ${tools}/.github/workflows/flow.yml@${reference}}`,
    `  step: {runs-on: x, steps: [{uses: ${tools}/packages/say@${reference}}]}`,
    '',
  ].join('\n'),
});

describe('a reference that is not there', () => {
  it.each(['v1', 'v2.7.1', 'main', 'f'.repeat(40)])('%s leads to the only state', async (reference) => {
    await addTools(true);

    const run = await rehearsal.push(workflow(reference));

    expect(Object.fromEntries(run.jobs.map(({ name, conclusion }) => [name, conclusion]))).toEqual({
      'flow / inner': 'success',
      step: 'success',
    });
    const ref = /^f+$/.test(reference)
      ? reference
      : `refs/${reference === 'v1' ? 'heads' : 'tags'}/${reference}`;
    expect(run.referencedWorkflows).toMatchObject([
      { path: `${tools}/.github/workflows/flow.yml@${reference}`, ref },
    ]);
  });

  it('is an error anywhere else', async () => {
    await addTools(false);

    const run = await rehearsal.push(workflow('v2.7.1'));

    expect(run.problem).toContain(`${tools} has no reference v2.7.1`);
  });
});

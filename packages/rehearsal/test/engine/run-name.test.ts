// `run-name`: the title of a run.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createRehearsal, type Rehearsal } from '../support/rehearsal.js';

describe('the title of a run', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await createRehearsal({ settings: { variables: { STAGE: 'integration' } } });
  });
  afterEach(() => rehearsal.close());

  const named = (name: string): Record<string, string> => ({
    '.github/workflows/x.yml': `on: [push, workflow_dispatch]
run-name: ${name}
jobs: { quick: { runs-on: x, steps: [{ run: "true" }] } }
`,
  });

  it.each([
    ['Fixed', 'Fixed'],
    [
      `\${{ github.event_name }} by @\${{ github.actor }} to \${{ vars.STAGE }}`,
      'push by @ann to integration',
    ],
    [`"\${{ inputs.none }}"`, undefined],
  ])('%s is %s', async (name, title) => {
    const run = await rehearsal.push(named(name));

    expect(run.problem).toBeUndefined();
    expect(run.title).toBe(title);
  });

  it('may not look at what a job only knows', async () => {
    const run = await rehearsal.push(named(`\${{ secrets.TOKEN }}`));

    expect(run).toMatchObject({ conclusion: 'failure', jobs: [] });
    expect(run.problem).toMatch(/secrets/u);
  });
});

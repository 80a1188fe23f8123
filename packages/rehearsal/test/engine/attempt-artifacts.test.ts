// Artifacts over the attempts of a run: the stricter of the two readings that are known.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { conclusions, createRehearsal, jobNamed, type Rehearsal } from '../support/rehearsal.js';

describe('an artifact of a former attempt', () => {
  let rehearsal: Rehearsal;
  let marker: string;
  beforeEach(async () => {
    rehearsal = await createRehearsal();
    marker = join(rehearsal.host.root, 'broken');
    writeFileSync(marker, '');
  });
  afterEach(() => rehearsal.close());

  const files = (): Record<string, string> => ({
    '.github/workflows/x.yml': `on: push
jobs:
  make:
    runs-on: x
    steps:
      - run: echo made > made.txt
      - { uses: actions/upload-artifact@v4, with: { name: made, path: made.txt } }
  fail: { needs: make, runs-on: x, steps: [{ run: "test ! -e ${marker}" }] }
  without:
    needs: fail
    if: always()
    runs-on: x
    steps: [{ uses: actions/download-artifact@v4, with: { name: made } }]
  with:
    needs: fail
    if: always()
    runs-on: x
    steps: [{ uses: actions/download-artifact@v4, with: { name: made, github-token: "\${{ github.token }}" } }]
`,
  });

  it('is found with a token, and not without one', async () => {
    const run = await rehearsal.push(files());
    const first = conclusions(run);
    rmSync(marker);
    await rehearsal.engine.rerun(run.id, 'failed');
    await rehearsal.engine.finished(run.id);

    expect(first).toMatchObject({ without: 'success', with: 'success' });
    expect(conclusions(run)).toEqual({ fail: 'success', without: 'failure', with: 'success' });
    expect(jobNamed(run, 'without').annotations[0]?.message).toContain('has no artifact made');
  });

  it('keeps its name for the whole run', async () => {
    const run = await rehearsal.push(files());
    rmSync(marker);
    await rehearsal.engine.rerun(run.id, 'all');
    await rehearsal.engine.finished(run.id);

    expect(existsSync(marker)).toBe(false);
    expect(conclusions(run)).toMatchObject({ make: 'failure' });
  });
});

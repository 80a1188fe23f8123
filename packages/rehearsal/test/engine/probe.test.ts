// The questions to a live repository: what .probe.yml answers and what docs/rehearsal.md lists are the same.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readWorkflowFile } from '../../src/engine/workflow-file.js';

const root = new URL('../../../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const answered = [...text('.github/workflows/.probe.yml').matchAll(/echo "\| ([a-z-]+) \|/gu)].map(
  ([, name]) => name,
);

const listed = text('docs/rehearsal.md')
  .split('## What a live repository is asked')[1]
  ?.split('\n')
  .flatMap((line) => [...line.matchAll(/^\| `([a-z-]+)` \|/gu)].map(([, name]) => name));

describe('the probe', () => {
  it('answers each question that is listed, in that order', () => {
    expect(answered.length).toBeGreaterThan(10);
    expect(listed).toEqual(answered);
  });

  it.each(['.probe.yml', '.probe-callee.yml'])(
    '%s is a workflow that the rehearsal reads too',
    async (name) => {
      const path = `.github/workflows/${name}`;
      const origin = { repository: 'headgate/headgate', sha: '0'.repeat(40), path, ref: 'refs/heads/main' };

      await expect(readWorkflowFile(origin, text(path))).resolves.toMatchObject({ origin });
    },
  );
});

// The contract with action.yml, and the bundle as a runner starts it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { markChild } from '@headgate/kit/child-watch';
import { runBundle, startBundle } from '@headgate/kit/testing/action';
import { actionFile } from '@headgate/kit/testing/action-file';
import { contractProblems } from '@headgate/kit/testing/contract';
import { describe, expect, it } from '@jest/globals';
import { markText } from '../src/aftermath.js';
import { inputSpecs, outputNames } from '../src/inputs.js';
import { finished, listed, makePacker } from './double-packer.js';

const main = actionFile(import.meta.url, 'dist/index.js');
const post = actionFile(import.meta.url, 'dist/post/index.js');
const built = existsSync(main);
if (!built)
  process.stdout.write('action.test.ts skipped: dist/ of packer-image is not built (npm run build)\n');
const onBundle = built ? describe : describe.skip;

it('action.yml and the code agree', () => {
  const file = actionFile(import.meta.url, 'action.yml');
  expect(contractProblems({ file, specs: inputSpecs, outputNames })).toEqual([]);
});

onBundle('the bundle', () => {
  it('builds, and leaves outputs and an entry', async () => {
    const packer = makePacker({
      print: { build: finished('null.check', 'Null') },
      manifest: { builds: [listed('null', 'check')], last_run_uuid: 'now' },
    });
    const env = { PATH: `${packer.bin}${delimiter}${process.env['PATH']}` };

    const run = await runBundle({ main, workspace: packer.workspace, env, inputs: { leg: 'web' } });

    expect(run.exitCode).toBe(0);
    expect(JSON.parse(run.outputs.get('artifacts') ?? '')).toMatchObject([{ builder: 'null.check' }]);
    expect(run.entry).toMatchObject({
      stage: 'machine-images',
      name: 'web',
      result: 'success',
      parts: { machineImages: [{ builder: 'null.check', id: 'Null' }] },
    });
    packer.remove();
  });

  it('fails with code, hint and outputs', async () => {
    const packer = makePacker({ print: { build: finished('null.check', 'Null') } });
    const env = { PATH: `${packer.bin}${delimiter}${process.env['PATH']}` };

    const run = await runBundle({ main, workspace: packer.workspace, env });

    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('packer-image%3A manifest-missing');
    expect(run.outputs.get('left-behind')).toContain('null.check');
    expect(run.entry).toMatchObject({ result: 'failure', cause: { code: 'manifest-missing' } });
    packer.remove();
  });

  it('passes a cancelled job on as one SIGTERM, and lets packer clean up', async () => {
    const packer = makePacker({ waits: true });
    const env = { PATH: `${packer.bin}${delimiter}${process.env['PATH']}` };
    const action = startBundle({ main, workspace: packer.workspace, env });
    await action.waitFor('waiting');

    action.kill('SIGINT');
    action.kill('SIGTERM');
    const run = await action.finished;

    expect(run.outputs.get('result')).toBe('cancelled');
    expect(packer.calls().slice(3)).toEqual([['SIGTERM']]);
    action.remove();
    packer.remove();
  });

  it('has nothing to do in its post step when no build was cut off', async () => {
    const run = await runBundle({ main: post, state: { child: '' } });

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe('');
  });

  it('waits in its post step for a packer that still cleans up', async () => {
    const child = spawn('sleep', ['1'], { detached: true, stdio: 'ignore' });
    const mark = markText(markChild(child.pid ?? 0));

    const run = await runBundle({ main: post, state: { child: mark } });

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('Packer has ended.');
    expect(child.exitCode).toBe(0);
  });
});

// Children of a script: their result, and their end when the script is interrupted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runChild } from '../workspace/child.mjs';
import { isRunning, readPid, startModule, until } from './processes.mjs';

const module = fileURLToPath(new URL('../workspace/child.mjs', import.meta.url));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-child-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('runChild', () => {
  it('gives exit code and output', async () => {
    expect(await runChild('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      code: 3,
      output: 'out\nerr\n',
    });
  });

  it('gives 127 for a command that is not there', async () => {
    expect((await runChild(join(folder, 'absent'), [])).code).toBe(127);
  });

  it('hands on lines as they come, also those that arrive in pieces', async () => {
    /** @type {string[]} */
    const lines = [];
    await runChild('/bin/sh', ['-c', 'printf "a\\nb"; printf "c\\n"'], {
      onLine: (line) => lines.push(line),
    });

    expect(lines).toEqual(['a', 'bc']);
  });

  it('kills a child with all its children at the deadline', async () => {
    const pid = join(folder, 'pid');
    const result = await runChild('/bin/sh', ['-c', `sh -c 'echo $$ > ${pid}; sleep 60' & wait`], {
      deadlineMs: 500,
    });

    expect(result.code).not.toBe(0);
    const inner = readPid(pid) ?? 0;
    expect(inner).toBeGreaterThan(0);
    await until('the inner process is gone', () => !isRunning(inner));
  });
});

describe('an interruption', () => {
  it.each(
    /** @type {const} */ ([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ]),
  )(
    '%s ends children and their children, then the script cleans up and exits with %i',
    async (signal, expected) => {
      const pid = join(folder, 'pid');
      const cleaned = join(folder, 'cleaned');
      const script = join(folder, 'script.mjs');
      writeFileSync(
        script,
        `import { interruptedCode, runChild } from ${JSON.stringify(module)};
        await runChild('/bin/sh', ['-c', ${JSON.stringify(`sh -c 'echo $$ > ${pid}; sleep 60' & wait`)}]);
        await runChild('/bin/sh', ['-c', 'echo not this > ${cleaned}']);
        await runChild('/bin/sh', ['-c', 'echo yes >> ${cleaned}; echo $$ > ${cleaned}.pid'], { cleanUp: true });
        process.exit(interruptedCode() ?? 0);`,
      );
      const { child, ended } = startModule(script, []);
      await until('the inner process runs', () => readPid(pid) !== null);
      const inner = readPid(pid) ?? 0;

      child.kill(signal);

      expect((await ended).code).toBe(expected);
      expect(isRunning(inner)).toBe(false);
      expect(readPid(`${cleaned}.pid`)).not.toBeNull();
    },
  );

  it('takes a signal that npm hands on for the terminal’s own: the child may still end in order', async () => {
    const pid = join(folder, 'pid');
    const script = join(folder, 'script.mjs');
    const orderly = `trap 'sleep 0.3; echo $$ > ${pid}.ended; exit 0' TERM; echo $$ > ${pid}; while :; do sleep 0.05; done`;
    writeFileSync(
      script,
      `import { interruptedCode, runChild } from ${JSON.stringify(module)};
      await runChild('/bin/sh', ['-c', ${JSON.stringify(orderly)}], { orderly: true });
      process.exit(interruptedCode() ?? 0);`,
    );
    const { child, ended } = startModule(script, []);
    await until('the child runs', () => readPid(pid) !== null);

    child.kill('SIGINT');
    child.kill('SIGTERM');

    // Sent at once, either may be delivered first, and the code names that one.
    expect([130, 143]).toContain((await ended).code);
    expect(readPid(`${pid}.ended`)).toBe(readPid(pid));
  });
});

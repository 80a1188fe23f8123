// A server ends with the process that started it, whichever way that ends, and does not begin without it.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { endedWithParent, type GuardedCommand } from '../../src/parts/parent-death.js';

const there = existsSync('/usr/bin/setpriv');
if (!there) process.stdout.write('parent-death.test.ts: skipped, no /usr/bin/setpriv (util-linux)\n');
const guarded = there ? describe : describe.skip;

/** Starts the command it reads, in a group of its own as the rehearsal does, and stays until it is killed. */
const parent = `
  const chunks = [];
  process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const [file, ...args] = JSON.parse(Buffer.concat(chunks).toString());
    const options = { detached: true, stdio: ['ignore', 'inherit', 'inherit'] };
    require('node:child_process').spawn(file, args, options).on('exit', (code) => process.exit(code === 0 ? 0 : 9));
    setInterval(() => {}, 1000);
  });
`;
/** Says that it is there, and ends by itself only when a broken guard would keep a test waiting for ever. */
const server = `console.log('serving'); setTimeout(() => console.log('still here'), 15000)`;

/** As a bare name, as a part is often given. */
const command: GuardedCommand = {
  file: basename(process.execPath),
  args: ['-e', server],
  env: { PATH: `/nowhere:${dirname(process.execPath)}` },
};

let started: ChildProcessWithoutNullStreams | null = null;
afterEach(() => void started?.kill('SIGKILL'));

/** Its stdout closes only when the server, which has it too, is gone as well. */
function startParent(): ChildProcessWithoutNullStreams {
  started = spawn(process.execPath, ['-e', parent]);
  return started;
}

guarded('a server', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'found on PATH ends when its parent gets %s',
    async (signal) => {
      const child = startParent();
      const output = text(child.stdout);
      child.stdin.end(JSON.stringify(await endedWithParent(command, child.pid)));
      await new Promise((resolve) => child.stdout.once('data', resolve));

      child.kill(signal);

      expect(await output).toBe('serving\n');
    },
  );

  it('does not begin when its parent died before the kernel was told', async () => {
    const child = startParent();
    const output = text(child.stdout);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // Started by another process than the one it shall live with: what a server sees whose parent has died.
    child.stdin.end(JSON.stringify(await endedWithParent(command, process.pid)));

    expect(await ended).toBe(9);
    expect(await output).toBe('');
  });

  it('gets its arguments as they are, and its exit code is its own', async () => {
    const args = ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', 'a b', '$HOME', '', '"'];
    const [file, ...rest] = await endedWithParent({ ...command, args });
    const child = spawn(file, rest);

    expect(JSON.parse(await text(child.stdout))).toEqual(['a b', '$HOME', '', '"']);
  });
});

it.each(['no-such-server', '/no/such/server', './server'])('%s keeps its own error', async (file) => {
  expect(await endedWithParent({ ...command, file, args: ['-x'] })).toEqual([file, '-x']);
});

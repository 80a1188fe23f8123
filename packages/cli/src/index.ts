#!/usr/bin/env node
// The `headgate` command: reads the arguments, loads only the command that was asked for, sets the exit code.
import { fileURLToPath } from 'node:url';
import { run } from './run.js';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupt.abort(new Error(signal)));
}

// `headgate … | head` stops reading early: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  directory: process.cwd(),
  script: fileURLToPath(import.meta.url),
  node: { path: process.execPath, version: process.versions.node },
  channel: process,
  signal: interrupt.signal,
  interrupt: () => interrupt.abort(new Error('SIGINT')),
});

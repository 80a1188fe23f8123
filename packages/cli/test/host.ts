// A process around a command, for tests: output is kept, nobody sits at the terminal.
import { PassThrough } from 'node:stream';
import type { HostProcess } from '../src/host-process.js';

export interface TestHost extends HostProcess {
  output(): string;
  errors(): string;
}

export function testHost(changes: Partial<HostProcess> = {}): TestHost {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const stdin: HostProcess['stdin'] = new PassThrough();
  const texts = [stdout, stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString('utf8');
  });
  return {
    stdin,
    stdout,
    stderr,
    env: {},
    directory: process.cwd(),
    script: import.meta.filename,
    node: { path: process.execPath, version: process.versions.node },
    channel: { on: () => undefined, once: () => undefined },
    signal: new AbortController().signal,
    interrupt: () => undefined,
    ...changes,
    output: () => texts[0]?.() ?? '',
    errors: () => texts[1]?.() ?? '',
  };
}

// Customers for integration tests: requests at a rate, by a process of its own, and what became of them.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { node24 } from '@headgate/kit/testing/action';

const fixtures = new URL('./fixtures/', import.meta.url).pathname;

export interface LoadReport {
  readonly requests: number;
  readonly failed: number;
  /** The first twenty. */
  readonly failures: readonly string[];
  /** How often each of them, all counted. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, number>>;
}

export interface Load {
  stop(): Promise<LoadReport>;
}

const loads = new Set<ChildProcess>();

/** A failed test leaves its load running: nothing may outlive the tests. */
export function killLoads(): void {
  for (const child of loads) child.kill('SIGKILL');
}

export async function startLoad(url: string, rate: number, through: readonly string[] = []): Promise<Load> {
  const [command = '', ...args] = [...through, node24(), join(fixtures, 'load.mjs'), url, String(rate)];
  const child: ChildProcess = spawn(command, args);
  loads.add(child);
  child.once('close', () => loads.delete(child));
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve) => child.stderr?.once('data', () => resolve()));
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      return JSON.parse(output) as LoadReport;
    },
  };
}

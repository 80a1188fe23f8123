// A real repository with a few files and branches, for tests of `headgate init`.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseYaml } from '@headgate/kit/yaml';
import { run } from '../src/run.js';
import { testHost } from './host.js';

export interface InitResult {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

export interface TestRepository {
  readonly directory: string;
  git(...args: string[]): string;
  write(files: Readonly<Record<string, string>>): void;
  text(path: string): string;
  has(path: string): boolean;
  /** headgate.yml as values. */
  configuration(): Record<string, unknown>;
  init(...args: string[]): Promise<InitResult>;
  check(): Promise<InitResult>;
  remove(): void;
}

export interface RepositoryForm {
  readonly files: Readonly<Record<string, string>>;
  /** The first one is checked out. */
  readonly branches?: readonly string[];
  readonly remote?: string;
  /** Name of the folder. */
  readonly name?: string;
}

export function createTestRepository(form: RepositoryForm): TestRepository {
  const root = mkdtempSync(join(tmpdir(), 'headgate-init-'));
  const directory = join(root, form.name ?? 'shop');
  const [first = 'master', ...others] = form.branches ?? [];
  mkdirSync(directory);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
  };
  write(form.files);
  git('init', '-q', '-b', first);
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'First');
  for (const branch of others) git('branch', branch);
  if (form.remote !== undefined) git('remote', 'add', 'origin', form.remote);
  const text = (path: string): string => readFileSync(join(directory, path), 'utf8');
  const headgate = async (...args: string[]): Promise<InitResult> => {
    const host = testHost({ directory, env: { PATH: process.env['PATH'] } });
    const code = await run(args, host);
    return { code, out: host.output(), errors: host.errors() };
  };
  return {
    directory,
    git,
    write,
    text,
    has: (path) => existsSync(join(directory, path)),
    configuration: () =>
      parseYaml(text('headgate.yml'), { source: 'headgate.yml' }) as Record<string, unknown>,
    init: (...args) => headgate('init', ...args),
    check: () => headgate('check'),
    remove: () => {
      chmodSync(directory, 0o700);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

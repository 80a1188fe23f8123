// What a step wrote into GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH, GITHUB_STATE and GITHUB_STEP_SUMMARY.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, problem } from '../engine/problem.js';

const kinds = ['output', 'env', 'path', 'state', 'summary'] as const;
export type FileCommandKind = (typeof kinds)[number];
export type FileCommandPaths = Readonly<Record<FileCommandKind, string>>;

/** Most bytes of one step's summary. Source: actions/runner, `CreateStepSummaryCommand`. */
export const summaryLimit = 1024 * 1024;

function invalid(text: string, reason: string): never {
  throw problem(
    'step-failed',
    `${reason} '${text.slice(0, 200)}'`,
    'Write NAME=VALUE, or NAME<<TOKEN, the lines, TOKEN.',
  );
}

/**
 * Pairs of a file command: `NAME=VALUE` lines and `NAME<<TOKEN` blocks.
 * Throws `step-failed` when malformed, as the runner fails the step. Source: `FileCommandManager` of actions/runner.
 */
export function parsePairs(text: string): readonly (readonly [string, string])[] {
  const lines = text.replace(/^\uFEFF/u, '').split(/\r\n|\n|\r/u);
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) invalid(line, 'Invalid format');
      pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
      continue;
    }
    const [name, token] = heredoc < 0 ? ['', ''] : [line.slice(0, heredoc), line.slice(heredoc + 2)];
    if (name === '' || token === '') invalid(line, 'Invalid format');
    const end = lines.indexOf(token, index + 1);
    if (end === -1) invalid(token, 'Invalid value. Matching delimiter not found');
    pairs.push([name, lines.slice(index + 1, end).join('\n')]);
    index = end;
  }
  return pairs;
}

/** Fresh empty files for one step. */
export async function createFileCommands(folder: string, step: string): Promise<FileCommandPaths> {
  await mkdir(folder, { recursive: true });
  const path = (kind: FileCommandKind): string => join(folder, `${kind}_${step}`);
  await Promise.all(kinds.map((kind) => writeFile(path(kind), '')));
  return {
    output: path('output'),
    env: path('env'),
    path: path('path'),
    state: path('state'),
    summary: path('summary'),
  };
}

export interface FileCommands {
  readonly outputs: readonly (readonly [string, string])[];
  readonly environment: readonly (readonly [string, string])[];
  readonly state: readonly (readonly [string, string])[];
  readonly paths: readonly string[];
  readonly summary: string;
  /** What was wrong with the files; each fails the step. */
  readonly errors: readonly string[];
  /** What was left out; reported, and the step goes on. Source: `FileCommandManager` of actions/runner. */
  readonly refused: readonly string[];
}

/** Reads and removes a step's files. Never throws for their content. */
export async function readFileCommands(paths: FileCommandPaths): Promise<FileCommands> {
  const errors: string[] = [];
  const refused: string[] = [];
  const pairs = async (kind: FileCommandKind): Promise<readonly (readonly [string, string])[]> => {
    try {
      return parsePairs(await readFile(paths[kind], 'utf8'));
    } catch (error) {
      errors.push(`Unable to process file command '${kind}' successfully. ${messageOf(error)}`);
      return [];
    }
  };
  const environment = await pairs('env');
  if (environment.some(([name]) => name.toUpperCase() === 'NODE_OPTIONS')) {
    refused.push("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
  }
  const text = await readFile(paths.path, 'utf8').catch(() => '');
  const result = {
    outputs: await pairs('output'),
    environment: environment.filter(([name]) => name.toUpperCase() !== 'NODE_OPTIONS'),
    state: await pairs('state'),
    paths: text.split(/\r\n|\n|\r/u).filter((line) => line !== ''),
    summary: await readSummary(paths.summary, refused),
    errors,
    refused,
  };
  await Promise.all(Object.values(paths).map((path) => rm(path, { force: true })));
  return result;
}

async function readSummary(path: string, refused: string[]): Promise<string> {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size <= summaryLimit) return readFile(path, 'utf8').catch(() => '');
  const found = Math.floor(size / 1024);
  refused.push(`$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${found}k.`);
  return '';
}

// The runner protocol: `@actions/core` behind the small port that actions use.
import * as actions from '@actions/core';
import type { AnnotationPlace, Core } from './deps.js';

/** Through the process: as an import it would cost every start half a millisecond in a bundle. */
const { appendFileSync, readFileSync, statSync, writeFileSync } = process.getBuiltinModule('node:fs');

/** GitHub drops the whole summary of a step above this. */
const summaryLimit = 1024 * 1024;
const cutNotice = '\n\n_The summary was cut here: GitHub takes 1 MiB a step. The log has the rest._\n';

/** The real runner protocol on this process's environment and standard output. */
export function createCore(): Core {
  return {
    getInput: (name) => actions.getInput(name),
    setOutput: (name, value) => setOutput(safeKey(name), value),
    setSecret: (value) => setSecret(value),
    getState: (name) => actions.getState(name),
    saveState: (name, value) => actions.saveState(safeKey(name), value),
    debug: (message) => actions.debug(message),
    info: (message) => actions.info(message),
    notice: (message, place) => actions.notice(message, properties(place)),
    warning: (message, place) => actions.warning(message, properties(place)),
    error: (message, place) => actions.error(message, properties(place)),
    startGroup: (name) => actions.startGroup(name),
    endGroup: () => actions.endGroup(),
    appendSummary: async (markdown) => appendSummary(process.env['GITHUB_STEP_SUMMARY'], markdown),
    prependSummary: async (markdown) => prependSummary(process.env['GITHUB_STEP_SUMMARY'], markdown),
  };
}

/** A key with a line break or `=` would write another key into the runner's file: `@actions/core` does not look. */
function safeKey(name: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(name)) return name;
  throw new Error(`${JSON.stringify(name)} is not a name for an output or a state`);
}

/**
 * A plain value needs no block with a random delimiter, and so no node:crypto, which costs a fifth of a start;
 * nothing in it can end the line.
 */
function setOutput(name: string, value: string): void {
  const file = process.env['GITHUB_OUTPUT'] ?? '';
  if (file !== '' && /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/.test(value))
    appendFileSync(file, `${name}=${value}\n`);
  else actions.setOutput(name, value);
}

/** The runner would mask every space for an empty value. */
function setSecret(value: string): void {
  if (value.trim() !== '') actions.setSecret(value);
}

function properties(place: AnnotationPlace = {}): actions.AnnotationProperties {
  return { ...place };
}

function appendSummary(file: string | undefined, markdown: string): void {
  if (file === undefined || file === '') return;
  const used = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const text = markdown.endsWith('\n') ? markdown : `${markdown}\n`;
  const free = summaryLimit - used;
  if (Buffer.byteLength(text) <= free - Buffer.byteLength(cutNotice)) appendFileSync(file, text);
  else if (free > Buffer.byteLength(cutNotice))
    appendFileSync(file, cutTo(text, free - Buffer.byteLength(cutNotice)) + cutNotice);
}

/** What stood there follows, cut at the end where both are too long together. */
function prependSummary(file: string | undefined, markdown: string): void {
  if (file === undefined || file === '') return;
  const before = statSync(file, { throwIfNoEntry: false }) === undefined ? '' : readFileSync(file, 'utf8');
  writeFileSync(file, '');
  appendSummary(file, markdown);
  if (before !== '') appendSummary(file, `\n${before}`);
}

function cutTo(text: string, bytes: number): string {
  return Buffer.from(text)
    .subarray(0, Math.max(0, bytes))
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}

// Set-up itself: find every tool, say what cannot be got, get the rest side by side, write down the result.
import { delimiter, join } from 'node:path';
import { interrupted } from '../workspace/child.mjs';
import { withLock } from '../workspace/lock.mjs';
import { cache } from '../workspace/paths.mjs';
import { readEnvironment, writeEnvironment } from './environment.mjs';
import { SetupError } from './get.mjs';
import { means } from './machine.mjs';
import { createProgress } from './progress.mjs';
import { tools } from './tools.mjs';

/** @typedef {import('./tools.mjs').Tool} Tool */
/** @typedef {import('./tools.mjs').Found} Found */
/** @typedef {import('./environment.mjs').Environment} Environment */
/** @typedef {{ found: Found | null, context: import('./tools.mjs').Context }} State */

/**
 * Makes every tool of the table ready. Two at once wait for each other.
 * @param {{ print?: (line: string) => void, only?: 'quick' | 'rehearsal' }} [options] only: the quick half of the tests,
 *   or a rehearsal; what it does not need is used if it is there, and not got
 * @returns {Promise<Environment>}
 * @throws {SetupError} with everything that is missing, before anything is changed, or with the step that failed
 */
export async function prepare(options = {}) {
  const print = options.print ?? console.log;
  // Looking first, without a lock or a folder: where something cannot be got, nothing may change.
  const seen = await findAll();
  const wanted = tools.filter((tool) => isWanted(tool, options.only));
  refuseIfImpossible(seen, wanted);
  if (wanted.every((tool) => seen.get(tool.name)?.found)) return finish(seen, createProgress(print));
  const onWait = (/** @type {string} */ pid) =>
    print(`  another set-up (process ${pid}) is at work: waiting for it`);
  return withLock(join(cache, 'setup.lock'), { onWait }, async () =>
    getAll(await findAll(seen), wanted, createProgress(print)),
  );
}

/** @param {Tool} tool @param {'quick' | 'rehearsal'} [only] */
function isWanted(tool, only) {
  if (only === 'quick') return !tool.slow;
  return only !== 'rehearsal' || !tool.optional;
}

/** @param {Map<string, State>} states @param {ReturnType<typeof createProgress>} progress */
async function finish(states, progress) {
  /** @type {Map<string, Found>} */
  const found = new Map();
  for (const tool of tools) {
    const state = states.get(tool.name);
    if (state?.found) found.set(tool.name, state.found);
    if (state?.found) progress.ready(tool.name, state.found);
  }
  progress.end();
  return writeEnvironment(found);
}

/**
 * Looks for all tools at once.
 * @param {ReadonlyMap<string, State>} [seen] a moment ago, which need not be proved again
 * @returns {Promise<Map<string, State>>}
 */
async function findAll(seen) {
  const kept = readEnvironment();
  /** @type {Map<string, Promise<Found | null>>} */
  const results = new Map();
  /** @type {Map<string, State>} */
  const states = new Map();
  for (const tool of tools) {
    const context = createContext(results, seen?.get(tool.name)?.found ?? kept?.tools[tool.name] ?? null);
    states.set(tool.name, { found: null, context });
    const before = tool.after.map((name) => results.get(name));
    const search = Promise.all(before).then((all) => (all.includes(null) ? null : tool.find(context)));
    results.set(tool.name, search);
  }
  for (const [name, state] of states) state.found = (await results.get(name)) ?? null;
  return states;
}

/**
 * @param {Map<string, Promise<Found | null>>} results
 * @param {Found | null} former
 * @returns {import('./tools.mjs').Context}
 */
function createContext(results, former) {
  return {
    former,
    pathWith: (folders) => [...folders, process.env.PATH ?? ''].join(delimiter),
    ready: async (name) => {
      const found = await results.get(name);
      if (!found) throw new SetupError(`${name} is not ready.`);
      return found;
    },
  };
}

/** @param {Map<string, State>} states @param {readonly Tool[]} wanted */
function refuseIfImpossible(states, wanted) {
  const missing = wanted.filter((tool) => !states.get(tool.name)?.found && !tool.optional);
  const problems = missing.flatMap((tool) => {
    const lacking = tool.needs.filter((name) => !means[name].present());
    if (tool.get !== null && lacking.length === 0) return [];
    const cures = lacking.map((name) => means[name].cure).join('; ');
    const cached = tool.get === null ? '' : `\n    or, to have it unpacked into .cache/headgate: ${cures}`;
    return [`  ${tool.name} (${tool.wanted}): ${tool.purpose}\n    ${tool.byHand}${cached}`];
  });
  if (problems.length > 0) {
    throw new SetupError(
      `Missing, and not to be had without help; nothing was changed:\n${problems.join('\n')}`,
    );
  }
}

/** @param {Map<string, State>} states @param {readonly Tool[]} wanted @param {ReturnType<typeof createProgress>} progress */
async function getAll(states, wanted, progress) {
  /** @type {Map<string, Promise<Found | null>>} */
  const results = new Map();
  for (const tool of tools) {
    const state = states.get(tool.name);
    if (!state || (!state.found && !wanted.includes(tool))) continue;
    const context = createContext(results, null);
    results.set(tool.name, state.found ? Promise.resolve(state.found) : getOne(tool, context, progress));
    if (state.found) progress.ready(tool.name, state.found);
  }
  const settled = await Promise.allSettled(results.values());
  progress.end();
  const failures = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (interrupted.aborted) throw new SetupError('Interrupted; the next run goes on from here.');
  if (failures.length > 0) throw new SetupError(failures.map((each) => each.message).join('\n'));
  /** @type {Map<string, Found>} */
  const found = new Map();
  for (const [name, result] of results) {
    const value = await result;
    if (value) found.set(name, value);
  }
  return writeEnvironment(found);
}

/**
 * @param {Tool} tool
 * @param {import('./tools.mjs').Context} context
 * @param {ReturnType<typeof createProgress>} progress
 * @returns {Promise<Found | null>} null only for an optional tool
 */
async function getOne(tool, context, progress) {
  const lacking = tool.needs.filter((name) => !means[name].present());
  if (tool.get === null || lacking.length > 0) {
    progress.without(tool.name, `${tool.purpose}; to have it: ${tool.byHand}`);
    return null;
  }
  progress.start(tool.name, tool.wanted);
  try {
    const found = await tool.get(context);
    progress.ready(tool.name, found);
    return found;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // One line says so for all of them.
    if (interrupted.aborted) throw new SetupError(message);
    progress.without(tool.name, tool.optional ? `left out: ${message}` : 'failed');
    if (tool.optional) return null;
    throw new SetupError(`${tool.name}: ${message}\n  By hand: ${tool.byHand}`);
  }
}

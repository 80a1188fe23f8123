// Fills the tables of inputs and outputs in the actions' READMEs, the complete delivery.yml into the first page and
// into what `headgate init` writes, and what GitHub documents into the page of the rehearsal:
// `node scripts/generate-docs.mjs [--check]`.
//   --check  changes nothing; fails unless every table is what action.yml says, and the file is the sample's
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import { behaviourTables, readChapters } from './documents/behaviours.mjs';
import { fence, findUndescribed, inputTable, outputTable, replaceBetween } from './documents/tables.mjs';
import { reportFiles, settleFiles } from './workspace/generated.mjs';
import { root } from './workspace/paths.mjs';

/** @typedef {import('./workspace/generated.mjs').GeneratedFile} GeneratedFile */

/** @typedef {{ files: GeneratedFile[], problems: string[] }} Documents */

/** The sample's workflow, which a rehearsal runs, is the one that people copy. @param {string} base @returns {Documents} */
function firstPage(base) {
  const path = 'README.md';
  if (!existsSync(join(base, path))) return { files: [], problems: [`${path} is missing`] };
  const workflow = deliveryWorkflow(base);
  return fill(path, readFileSync(join(base, path), 'utf8'), { delivery: fence('yaml', workflow) });
}

/** @param {string} base */
const deliveryWorkflow = (base) =>
  readFileSync(join(base, 'examples/shop/.github/workflows/delivery.yml'), 'utf8');

/** The same workflow, bundled into the command. @param {string} base @returns {Documents} */
function initTemplate(base) {
  const text = `${JSON.stringify({ delivery: deliveryWorkflow(base) }, null, 2)}\n`;
  return { files: [{ path: 'packages/cli/src/init/workflow.generated.json', text }], problems: [] };
}

/** What GitHub documents, with the test that shows it. @param {string} base @returns {Documents} */
function rehearsalPage(base) {
  const path = 'docs/rehearsal.md';
  const folder = join(base, 'packages', 'rehearsal', 'test', 'conformance', 'behaviours');
  if (!existsSync(join(base, path)) || !existsSync(folder)) return { files: [], problems: [] };
  const behaviours = behaviourTables(readChapters(folder));
  return fill(path, readFileSync(join(base, path), 'utf8'), { behaviours });
}

/**
 * @param {string} path
 * @param {string} text
 * @param {Record<string, string>} parts by name of their marks
 * @returns {Documents}
 */
function fill(path, text, parts) {
  try {
    const filled = Object.entries(parts).reduce(
      (sofar, [name, part]) => replaceBetween(sofar, name, part),
      text,
    );
    return { files: [{ path, text: filled }], problems: [] };
  } catch (error) {
    return { files: [], problems: [`${path} ${error instanceof Error ? error.message : error}`] };
  }
}

/** @param {string} base @param {string} name @returns {Documents} */
function document(base, name) {
  const action = /** @type {import('./documents/tables.mjs').ActionContract} */ (
    load(readFileSync(join(base, 'packages', name, 'action.yml'), 'utf8'))
  );
  const path = join('packages', name, 'README.md');
  const problems = findUndescribed(action).map(
    (item) => `packages/${name}/action.yml: ${item} has no description`,
  );
  if (!existsSync(join(base, path))) return { files: [], problems: [...problems, `${path} is missing`] };
  const filled = fill(path, readFileSync(join(base, path), 'utf8'), {
    inputs: inputTable(action),
    outputs: outputTable(action),
  });
  return { files: filled.files, problems: [...problems, ...filled.problems] };
}

const { values } = parseArgs({ options: { check: { type: 'boolean' }, root: { type: 'string' } } });
const base = values.root ?? root;
const check = values.check ?? false;
const actions = readdirSync(join(base, 'packages')).filter((name) =>
  existsSync(join(base, 'packages', name, 'action.yml')),
);
const documents = [
  firstPage(base),
  initTemplate(base),
  rehearsalPage(base),
  ...actions.map((name) => document(base, name)),
];
const problems = documents.flatMap((each) => each.problems);
for (const problem of problems) console.error(problem);
const stale = settleFiles(
  base,
  documents.flatMap((each) => each.files),
  check,
);
const code = reportFiles(stale, check, 'node scripts/generate-docs.mjs');
process.exitCode = problems.length > 0 ? 1 : code;

// Fills the tables of inputs and outputs in the actions' READMEs: `node scripts/generate-docs.mjs [--check]`.
//   --check  changes nothing; fails unless every table is what action.yml says
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import { findUndescribed, inputTable, outputTable, replaceBetween } from './documents/tables.mjs';
import { reportFiles, settleFiles } from './workspace/generated.mjs';
import { root } from './workspace/paths.mjs';

/** @typedef {import('./workspace/generated.mjs').GeneratedFile} GeneratedFile */

/** @param {string} base @param {string} name @returns {{ files: GeneratedFile[], problems: string[] }} */
function document(base, name) {
  const action = /** @type {import('./documents/tables.mjs').ActionContract} */ (
    load(readFileSync(join(base, 'packages', name, 'action.yml'), 'utf8'))
  );
  const path = join('packages', name, 'README.md');
  const problems = findUndescribed(action).map(
    (item) => `packages/${name}/action.yml: ${item} has no description`,
  );
  if (!existsSync(join(base, path))) return { files: [], problems: [...problems, `${path} is missing`] };
  try {
    const text = readFileSync(join(base, path), 'utf8');
    const withInputs = replaceBetween(text, 'inputs', inputTable(action));
    return { files: [{ path, text: replaceBetween(withInputs, 'outputs', outputTable(action)) }], problems };
  } catch (error) {
    return {
      files: [],
      problems: [...problems, `${path} ${error instanceof Error ? error.message : error}`],
    };
  }
}

const { values } = parseArgs({ options: { check: { type: 'boolean' }, root: { type: 'string' } } });
const base = values.root ?? root;
const check = values.check ?? false;
const actions = readdirSync(join(base, 'packages')).filter((name) =>
  existsSync(join(base, 'packages', name, 'action.yml')),
);
const documents = actions.map((name) => document(base, name));
const problems = documents.flatMap((each) => each.problems);
for (const problem of problems) console.error(problem);
const stale = settleFiles(
  base,
  documents.flatMap((each) => each.files),
  check,
);
const code = reportFiles(stale, check, 'node scripts/generate-docs.mjs');
process.exitCode = problems.length > 0 ? 1 : code;

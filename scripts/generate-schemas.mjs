// Writes the published JSON Schemas from the code's own: `node scripts/generate-schemas.mjs [--check]`, after `tsc -b`.
//   --check  changes nothing; fails unless every file is what the code says
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toJsonSchema } from '@valibot/to-json-schema';
import { decisionSchema } from '../packages/configuration/out/decision-schema.js';
import { configurationSchema } from '../packages/configuration/out/schema.js';
import { entrySchema, recordSchema } from '../packages/kit/out/record-schema.js';
import { reportFiles, settleFiles } from './workspace/generated.mjs';
import { root } from './workspace/paths.mjs';

const schemas = [
  { path: 'packages/configuration/headgate.schema.json', schema: configurationSchema },
  { path: 'packages/configuration/decision.schema.json', schema: decisionSchema },
  { path: 'packages/kit/entry.schema.json', schema: entrySchema },
  { path: 'packages/kit/record.schema.json', schema: recordSchema },
];

/** As the workspace formats its files. @param {string} path @param {string} text @returns {string} */
function format(path, text) {
  const biome = join('node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'format', `--stdin-file-path=${path}`];
  const result = spawnSync(process.execPath, args, { cwd: root, input: text, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`biome could not format ${path}: ${result.stderr}`);
  return result.stdout;
}

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const check = values.check ?? false;
const files = schemas.map(({ path, schema }) => {
  // JSON has no number that is not finite: that rule needs no words in its schema.
  const written = toJsonSchema(schema, { typeMode: 'input', ignoreActions: ['finite'] });
  return { path, text: format(path, JSON.stringify(written)) };
});
process.exitCode = reportFiles(
  settleFiles(root, files, check),
  check,
  'npm run compile && node scripts/generate-schemas.mjs',
);

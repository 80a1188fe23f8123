// Writes the published JSON Schemas, schemas/*.schema.json, from the code's own: `node scripts/generate-schemas.mjs [--check]`, after `tsc -b`.
//   --check  changes nothing; fails unless every file is what the code says
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toJsonSchema } from '@valibot/to-json-schema';
import { decisionSchema } from '../packages/configuration/out/decision-schema.js';
import { configurationSchema } from '../packages/configuration/out/schema.js';
import { schemaAddress } from '../packages/configuration/out/schema-address.js';
import { entrySchema, recordSchema } from '../packages/kit/out/record-schema.js';
import { reportFiles, settleFiles } from './workspace/generated.mjs';
import { root } from './workspace/paths.mjs';

/** @type {readonly (readonly [import('../packages/configuration/out/schema-address.js').SchemaName, Parameters<typeof toJsonSchema>[0]])[]} */
const schemas = [
  ['headgate', configurationSchema],
  ['decision', decisionSchema],
  ['entry', entrySchema],
  ['record', recordSchema],
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
const files = schemas.map(([name, schema]) => {
  const path = `schemas/${name}.schema.json`;
  // JSON has no number that is not finite: that rule needs no words in its schema.
  const { $schema, ...rest } = toJsonSchema(schema, { typeMode: 'input', ignoreActions: ['finite'] });
  return { path, text: format(path, JSON.stringify({ $schema, $id: schemaAddress(name), ...rest })) };
});
process.exitCode = reportFiles(
  settleFiles(root, files, check),
  check,
  'npm run compile && node scripts/generate-schemas.mjs',
);

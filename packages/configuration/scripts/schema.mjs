// Writes the published JSON Schemas from the valibot ones: `node scripts/schema.mjs [--check]`, after `tsc -b`.
//   --check  changes nothing; fails unless both files are what the code says
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import { decisionSchema } from '../out/decision-schema.js';
import { configurationSchema } from '../out/schema.js';

const schemas = [
  ['headgate.schema.json', configurationSchema],
  ['decision.schema.json', decisionSchema],
];

let stale = 0;
for (const [name, schema] of schemas) {
  const file = new URL(`../${name}`, import.meta.url);
  const text = format(name, JSON.stringify(toJsonSchema(schema, { typeMode: 'input' })));
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
    console.log(`${name} written`);
  } else if (readText(file) !== text) {
    stale += 1;
    console.error(`${name} is not what the code says; run: node packages/configuration/scripts/schema.mjs`);
  }
}
process.exitCode = stale === 0 ? 0 : 1;

/** @param {URL} file @returns {string | null} */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** As the workspace formats its files. @param {string} name @param {string} text @returns {string} */
function format(name, text) {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const args = ['node_modules/@biomejs/biome/bin/biome', 'format', `--stdin-file-path=${name}`];
  const result = spawnSync(process.execPath, args, { cwd: root, input: text, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`biome could not format ${name}: ${result.stderr}`);
  return result.stdout;
}

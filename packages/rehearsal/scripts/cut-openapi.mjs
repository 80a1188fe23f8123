// Cuts GitHub's OpenAPI description to the operations of the double: `node cut-openapi.mjs [--check]`.
// The package is fetched (28 MB packed, 385 MB unpacked) into a temporary folder; only one of its files is unpacked.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { operations, webhooks } from './openapi-operations.mjs';
import { alphabetical, createCutter } from './openapi-schema.mjs';

const source = '@octokit/openapi@23.0.2';
const target = fileURLToPath(new URL('../src/github/openapi.generated.json', import.meta.url));
const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** The registry, or npm itself, is not there. */
class Unavailable extends Error {}

function packInto(folder) {
  const args = ['pack', '--silent', '--pack-destination', folder, source];
  try {
    return execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }).trim();
  } catch (cause) {
    throw new Unavailable(`${source} cannot be had here`, { cause });
  }
}

function fetchDescription() {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-openapi-'));
  try {
    const packed = packInto(folder);
    const file = 'package/generated/api.github.com.json';
    execFileSync('tar', ['-xzf', join(folder, packed), '-C', folder, file]);
    return JSON.parse(readFileSync(join(folder, file), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cutOperation(cutter, path, method, operation) {
  const parameters = (operation.parameters ?? [])
    .map((parameter) => cutter.resolve(parameter))
    .filter((parameter) => parameter.in === 'path' || parameter.in === 'query')
    .map((parameter) => ({
      in: parameter.in,
      name: parameter.name,
      required: parameter.required === true,
      schema: cutter.schema(parameter.schema),
    }));
  const body = operation.requestBody?.content?.['application/json'];
  const responses = {};
  for (const [status, response] of Object.entries(operation.responses)) {
    const schema = cutter.resolve(response).content?.['application/json']?.schema;
    responses[status] = schema === undefined ? null : cutter.schema(schema);
  }
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    parameters,
    body:
      body === undefined
        ? null
        : { required: operation.requestBody.required === true, schema: cutter.schema(body.schema) },
    responses,
  };
}

function cut(description) {
  const cutter = createCutter(description);
  const wanted = new Set(operations);
  const kept = [];
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (operation === undefined || !wanted.delete(operation.operationId)) continue;
      kept.push(cutOperation(cutter, path, method, operation));
    }
  }
  if (wanted.size > 0) throw new Error(`unknown operations: ${[...wanted].join(', ')}`);
  const events = {};
  for (const name of webhooks) {
    const hook = description['x-webhooks'][name]?.post;
    if (hook === undefined) throw new Error(`unknown webhook: ${name}`);
    events[name] = cutter.schema(hook.requestBody.content['application/json'].schema);
  }
  kept.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { source, operations: kept, webhooks: events, schemas: cutter.components() };
}

/** One line an operation, webhook or schema: small, and a change shows as the lines it touches. */
function print(result) {
  const entries = (map) =>
    Object.keys(map)
      .sort(alphabetical)
      .map((name) => `${JSON.stringify(name)}: ${JSON.stringify(map[name])}`)
      .join(',\n');
  const list = result.operations.map((operation) => JSON.stringify(operation)).join(',\n');
  const parts = [
    `"source": ${JSON.stringify(result.source)}`,
    `"operations": [\n${list}\n]`,
    `"webhooks": {\n${entries(result.webhooks)}\n}`,
    `"schemas": {\n${entries(result.schemas)}\n}`,
  ];
  return `{\n${parts.join(',\n')}\n}\n`;
}

/** The cut, or null in a check on a machine where the package cannot be had: then there is nothing to compare. */
function freshCut(checking) {
  try {
    return print(cut(fetchDescription()));
  } catch (error) {
    if (!checking || !(error instanceof Unavailable)) throw error;
    return null;
  }
}

const checking = argv.includes('--check');
const text = freshCut(checking);
if (text === null) {
  stderr.write(`${source} cannot be had here: ${target} was not compared\n`);
} else if (!checking) {
  writeFileSync(target, text);
  stdout.write(`${target}: ${text.length} bytes\n`);
} else if (readFileSync(target, 'utf8') !== text) {
  stderr.write(`${target} differs from ${source}: run node packages/rehearsal/scripts/cut-openapi.mjs\n`);
  exit(1);
}

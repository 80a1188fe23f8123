// How fast the known-secret search reads an image, and with how much memory: 1 GB of made-up layers (programs, text,
// base64, zeros) with 5 secrets hidden in them, on Node 24.
//   npm run bench:docker-search [-- --megabytes N]   exit 1 below 200 MB/s, above 150 MB, or when a secret is missed
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findNode24, root } from '../scripts/workspace/paths.mjs';

const slowest = 200;
const mostMegabytes = 150;
/** What a decompressor gives at once. */
const chunkBytes = 64 * 1024;

/** Bytes that look random and are the same in every run. @param {string} seed @param {number} length */
function madeUpBytes(seed, length) {
  return createHash('shake256', { outputLength: length }).update(seed).digest();
}

/** Four megabytes: a quarter each of programs, of text, of base64, and of what is nearly all zeros. */
function madeUpLayer() {
  const quarter = 1 << 20;
  const words = 'const return function module exports token password https://registry.example {}()\n'.split(
    ' ',
  );
  const text = [...madeUpBytes('text', quarter / 64)].map((byte) => words[byte % words.length]).join(' ');
  const sparse = Buffer.alloc(quarter);
  madeUpBytes('sparse', quarter / 64).forEach((byte, at) => {
    sparse[at * 64] = byte;
  });
  return Buffer.concat([
    madeUpBytes('program', quarter),
    Buffer.alloc(quarter, text),
    Buffer.from(madeUpBytes('base64', quarter).toString('base64')).subarray(0, quarter),
    sparse,
  ]);
}

const secrets = [
  { name: 'npm', value: `npm_${madeUpBytes('npm', 18).toString('hex')}` },
  { name: 'database', value: 'pg://shop:e/4Gq+9!@db' },
  { name: 'short', value: 'xK9#m2Qz' },
  { name: 'cloud', value: madeUpBytes('cloud', 30).toString('base64') },
  {
    name: 'key',
    value: `-----BEGIN PRIVATE KEY-----\n${Array.from({ length: 25 }, (_, line) => madeUpBytes(`line ${line}`, 48).toString('base64')).join('\n')}\n-----END PRIVATE KEY-----\n`,
  },
];

/** In this process: nothing else may be counted in its memory. @param {number} megabytes */
async function search(megabytes) {
  const { createSecretSearch } = await import('../packages/image/out/secret-search.js');
  const layer = madeUpLayer();
  const found = createSecretSearch(secrets);
  const stream = found.layer({ digest: 'sha256:bench', index: 0 });
  const total = megabytes * 1e6;
  const start = process.hrtime.bigint();
  const used = process.threadCpuUsage();
  let pushed = 0;
  for (let at = 0; pushed < total; at = (at + chunkBytes) % layer.length) {
    stream.push(layer.subarray(at, at + chunkBytes));
    pushed += chunkBytes;
  }
  for (const { value } of secrets) stream.push(Buffer.from(Buffer.from(`:${value}`).toString('base64')));
  stream.end(() => null);
  const passed = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.threadCpuUsage(used);
  // A busy machine makes the clock run on, the processor's time hardly: the better of the two is judged.
  const seconds = Math.min(passed, (user + system) / 1e6);
  const names = new Set(found.finds(() => false).map(({ secret }) => secret));
  return {
    passed,
    megabytesPerSecond: pushed / 1e6 / seconds,
    // Peak of the whole process, in kilobytes. Source: getrusage(2), ru_maxrss.
    peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
    missed: secrets.filter(({ name }) => !names.has(name)).map(({ name }) => name),
  };
}

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '1000' }, inside: { type: 'boolean', default: false } },
});
if (values.inside) {
  console.log(JSON.stringify(await search(Number(values.megabytes))));
  process.exit(0);
}
const node = findNode24();
if (node === null) {
  console.error('Node 24 is missing. Run: npm run setup');
  process.exit(1);
}
if (!existsSync(join(root, 'packages', 'image', 'out', 'secret-search.js'))) {
  console.error('The package is not built. Run: npm run build');
  process.exit(1);
}
const program = fileURLToPath(import.meta.url);
const { stdout, stderr, status } = spawnSync(node, [program, '--inside', `--megabytes=${values.megabytes}`], {
  encoding: 'utf8',
});
if (status !== 0) {
  console.error(stderr);
  process.exit(1);
}
const { passed, megabytesPerSecond, peakMegabytes, missed } = JSON.parse(stdout);
console.log(
  `${values.megabytes} MB of layers, ${secrets.length} secrets; ${passed.toFixed(1)} s by the clock`,
);
console.log(`speed  ${megabytesPerSecond.toFixed(0).padStart(6)} MB/s   limit ${slowest}`);
console.log(`memory ${peakMegabytes.toFixed(0).padStart(6)} MB     limit ${mostMegabytes}`);
if (missed.length > 0) console.error(`missed: ${missed.join(', ')}`);
if (megabytesPerSecond < slowest || peakMegabytes > mostMegabytes || missed.length > 0) process.exitCode = 1;

// How fast an image is read and how much memory that takes: 1 GB in ten layers, gzip and zstd, every byte unpacked,
// hashed as blob, as archive and as file content, parsed and shown to a visitor, as the search for secrets sees it.
//   node bench/docker-inspect.mjs [--megabytes N] [--rounds N]   exit 1 below 200 MB/s or above 150 MB
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip, createZstdCompress } from 'node:zlib';
import { findNode24, root } from '../scripts/workspace/paths.mjs';

const slowest = 200;
const mostMemory = 150;
const layers = 10;
const type = 'application/vnd.oci.image.layer.v1.tar';
const reader = join(root, 'packages/image/out/inspection.js');

/** What image holds: programs, as a piece of Node itself. @param {string} node */
function readPool(node) {
  const pool = Buffer.alloc(Math.min(64 * 2 ** 20, statSync(node).size));
  readSync(openSync(node, 'r'), pool, 0, pool.length, 0);
  return pool;
}

/** @param {string} name @param {number} size */
function header(name, size) {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  const numbers = ['0000644', '0000000', '0000000', size.toString(8).padStart(11, '0'), '00000000000'];
  block.write(`${numbers.join('\0')}\0`, 100);
  block.write('0', 156);
  block.write('ustar\u000000', 257, 'latin1');
  block.fill(0x20, 148, 156);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0`,
    148,
  );
  return block;
}

/**
 * Small files mostly, a large one now and then; each begins elsewhere in the pool.
 * @param {Buffer} pool @param {number} bytes @param {number} layer @param {import('node:crypto').Hash} hash
 */
function* archive(pool, bytes, layer, hash) {
  let state = layer + 1;
  const next = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  for (let written = 0, count = 0; written < bytes; count += 1) {
    const size = count % 100 === 0 ? 4_000_000 + next(4_000_000) : 1000 + next(60_000);
    const at = next(pool.length - size);
    const pieces = [
      header(`usr/lib/${layer}/${count}`, size),
      pool.subarray(at, at + size),
      Buffer.alloc((512 - (size % 512)) % 512),
    ];
    for (const piece of pieces) {
      hash.update(piece);
      written += piece.length;
      if (piece.length > 0) yield piece;
    }
  }
  const end = Buffer.alloc(1024);
  hash.update(end);
  yield end;
}

/** @param {string} folder @param {Buffer | object} content @param {string} mediaType */
function put(folder, content, mediaType) {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  const hex = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(folder, 'blobs/sha256', hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

/** @param {string} folder @param {Buffer} pool @param {{ megabytes: number, packing: 'gzip' | 'zstd' }} options */
async function makeImage(folder, pool, { megabytes, packing }) {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const descriptors = [];
  const diffIds = [];
  for (let layer = 0; layer < layers; layer += 1) {
    const unpacked = createHash('sha256');
    const packed = createHash('sha256');
    const path = join(folder, 'layer');
    const source = Readable.from(archive(pool, (megabytes * 1e6) / layers, layer, unpacked), {
      objectMode: false,
    });
    const packer = packing === 'gzip' ? createGzip({ level: 4, chunkSize: 1 << 18 }) : createZstdCompress();
    await pipeline(source, packer, createWriteStream(path));
    for await (const chunk of createReadStream(path)) packed.update(chunk);
    const digest = `sha256:${packed.digest('hex')}`;
    descriptors.push({ mediaType: `${type}+${packing}`, digest, size: statSync(path).size });
    renameSync(path, join(folder, 'blobs/sha256', digest.slice(7)));
    diffIds.push(`sha256:${unpacked.digest('hex')}`);
  }
  const platform = { os: 'linux', architecture: 'amd64' };
  const config = put(
    folder,
    { ...platform, rootfs: { type: 'layers', diff_ids: diffIds } },
    'application/vnd.oci.image.config.v1+json',
  );
  const manifest = put(
    folder,
    { schemaVersion: 2, config, layers: descriptors },
    'application/vnd.oci.image.manifest.v1+json',
  );
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, platform }] }),
  );
}

/** What the child does: it reads the image once and says what that took. */
const child = `
const { openLayout } = await import(process.argv[1] + '/packages/image/out/layout.js');
const { inspectImage } = await import(process.argv[1] + '/packages/image/out/inspection.js');
const start = performance.now();
const used = process.threadCpuUsage();
let seen = 0;
const source = await openLayout(process.argv[2]);
const visit = ({ kind }) => kind === 'layer' ? (chunk) => { seen += chunk.length; } : null;
const { platforms } = await inspectImage(source, { platform: null, visit, signal: new AbortController().signal });
const passed = (performance.now() - start) / 1000;
const { user, system } = process.threadCpuUsage(used);
// A busy machine makes the clock run on, the processor's time hardly; unpacking goes on in other threads meanwhile.
const seconds = Math.min(passed, (user + system) / 1e6);
const entries = platforms[0].layers.reduce((sum, layer) => sum + [...layer.entries].length, 0);
console.log(JSON.stringify({ seconds, seen, entries, rss: process.resourceUsage().maxRSS / 1024 }));
`;

/** @param {string} node @param {string} folder */
function measure(node, folder) {
  const { status, stdout, stderr } = spawnSync(node, ['--input-type=module', '-e', child, root, folder], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the child ended with ${status}:\n${stderr}`);
  const { seconds, seen, entries, rss } = JSON.parse(stdout);
  return { speed: seen / 1e6 / seconds, seconds, seen, entries, rss };
}

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '3' } },
});
const node = findNode24();
if (node === null || !existsSync(reader)) {
  console.error('Node 24 or the compiled package is missing. Run: npm run setup && npm run compile');
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
try {
  const pool = readPool(node);
  console.log(
    `reading an image of ${values.megabytes} MB; the best of ${values.rounds} rounds; at least ${slowest} MB/s, at most ${mostMemory} MB`,
  );
  for (const packing of /** @type {const} */ (['gzip', 'zstd'])) {
    const image = join(folder, packing);
    await makeImage(image, pool, { megabytes: Number(values.megabytes), packing });
    const rounds = Array.from({ length: Number(values.rounds) }, () => measure(node, image));
    rmSync(image, { recursive: true });
    const best = rounds.reduce((one, other) => (other.speed > one.speed ? other : one));
    const rss = Math.max(...rounds.map((round) => round.rss));
    const good = best.speed >= slowest && rss <= mostMemory;
    if (!good) process.exitCode = 1;
    console.log(
      `${packing}  ${(best.seen / 1e6).toFixed(0)} MB, ${best.entries} entries in ${best.seconds.toFixed(2)} s: ${best.speed.toFixed(0)} MB/s (all: ${rounds.map((round) => round.speed.toFixed(0)).join(', ')}), peak memory ${rss.toFixed(0)} MB   ${good ? 'good' : 'missed'}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

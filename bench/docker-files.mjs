// How much memory the gate over an image takes when the image has very many files, or files that are gzip themselves: 100,000
// files of 10 KB each (1 GB), 20,000 manual pages, and twelve logs of 40 MB as gzip with a bomb beside them. Everything the
// action does is done: unpacked, proved, searched for secrets, accounted, judged by the policy, reported.
//   node bench/docker-files.mjs [--scale N]   exit 1 above 150 MB; the speed is told, `docker-inspect` and `docker-search` judge it
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { findNode24, root } from '../scripts/workspace/paths.mjs';

const mostMegabytes = 150;
const layerCount = 10;
const gate = 'packages/docker-multistage-build/out/content-gate.js';

/** @param {string} name @param {Buffer} content */
function member(name, content) {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  const size = content.length.toString(8).padStart(11, '0');
  header.write(`${['0000644', '0000000', '0000000', size, '00000000000'].join('\0')}\0`, 100);
  header.write('0', 156);
  header.write('ustar\u000000', 257, 'latin1');
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0`, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

const noise = createHash('shake256', { outputLength: 1 << 20 })
  .update('noise')
  .digest();
const text = Buffer.from(
  'const a = require("b"); module.exports = function () { return a.call(this) };\n'.repeat(300),
);

/** @param {number} count */
const smallFiles = (count) => (/** @type {number} */ layer) =>
  Array.from({ length: count / layerCount }, (_, n) => {
    const at = (n * 7919) % (noise.length - 20_000);
    const size = 1000 + ((n * 7919) % 19_000);
    const content = n % 2 === 0 ? noise.subarray(at, at + size) : text.subarray(0, size);
    return member(`app/node_modules/package-${Math.floor(n / 40)}-${layer}/lib/module-${n}.js`, content);
  }).flat();

/** @param {number} count */
const manualPages = (count) => (/** @type {number} */ layer) =>
  Array.from({ length: count / layerCount }, (_, n) =>
    member(`usr/share/man/man${layer}/page-${n}.1.gz`, gzipSync(text)),
  ).flat();

const logs = (/** @type {number} */ layer) => {
  const lines = Array.from(
    { length: 400_000 },
    (_, n) => `line ${(n * 7919) % 100_003} of a log that goes on and on, and on and on and on\n`,
  );
  const log = gzipSync(lines.join(''), { level: 1 });
  const two = [0, 1].flatMap((n) => member(`var/log/${layer}-${n}.gz`, log));
  return layer < 6 ? two : member(`srv/${layer}.gz`, gzipSync(Buffer.alloc(100_000_000)));
};

/** @param {string} folder @param {Buffer | object} content @param {string} mediaType */
function put(folder, content, mediaType) {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  const hex = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(folder, 'blobs/sha256', hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

/** @param {string} folder @param {(layer: number) => Buffer[]} layerOf */
function makeImage(folder, layerOf) {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const layers = [];
  const diffIds = [];
  for (let layer = 0; layer < layerCount; layer += 1) {
    const archive = Buffer.concat([...layerOf(layer), Buffer.alloc(1024)]);
    diffIds.push(`sha256:${createHash('sha256').update(archive).digest('hex')}`);
    layers.push(put(folder, gzipSync(archive, { level: 1 }), 'application/vnd.oci.image.layer.v1.tar+gzip'));
  }
  const platform = { os: 'linux', architecture: 'amd64' };
  const rootfs = { type: 'layers', diff_ids: diffIds };
  const config = put(folder, { ...platform, rootfs }, 'application/vnd.oci.image.config.v1+json');
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(folder, { schemaVersion: 2, config, layers }, type);
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, platform }] }),
  );
}

/** In a process of its own: nothing else may be counted in its memory. @param {string} folder */
async function examine(folder) {
  const { readLayout } = await import('../packages/image/out/layout.js');
  const { parsePolicy } = await import('../packages/image/out/policy-form.js');
  const { parseBudgets } = await import('../packages/image/out/budget-form.js');
  const { createRedactor } = await import('../packages/kit/out/secrets.js');
  const { examineImage } = await import('../packages/docker-multistage-build/out/content-gate.js');
  const secrets = [{ name: 'token', value: 'npm_0123456789abcdefABCDEF0123456789' }];
  const start = performance.now();
  const report = await examineImage(
    {
      layout: await readLayout(folder),
      inputs: { image: null, leg: 'bench', buildArgs: new Map(), target: '', platforms: [] },
      dockerfile: 'FROM scratch\n',
      shownFile: 'Dockerfile',
      rules: { policy: parsePolicy(''), budgets: parseBudgets('') },
      secrets,
      baseline: { kind: 'missing', reason: 'there is none' },
      redactor: createRedactor(secrets.map(({ value }) => value)),
    },
    new AbortController().signal,
  );
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.threadCpuUsage();
  const megabytes = (report.platforms[0]?.uncompressed ?? 0) / 1e6;
  // The peak since this program began. That of getrusage(2) holds also what its parent took before, which is much here.
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  const peak = (Number(found?.[1]) * 1024) / 1e6;
  return { seconds, processor: (user + system) / 1e6, megabytes, peak };
}

const { values } = parseArgs({
  options: { scale: { type: 'string', default: '1' }, inside: { type: 'string', default: '' } },
});
if (values.inside !== '') {
  console.log(JSON.stringify(await examine(values.inside)));
  process.exit(0);
}
const node = findNode24();
if (node === null || !existsSync(join(root, gate))) {
  console.error('Node 24 or the compiled package is missing. Run: npm run setup && npm run compile');
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
try {
  const scale = Number(values.scale);
  console.log(`the gate over an image, whole process; at most ${mostMegabytes} MB of memory`);
  for (const [what, layerOf] of /** @type {const} */ ([
    [`${100_000 * scale} files`, smallFiles(100_000 * scale)],
    [`${20_000 * scale} gzip files`, manualPages(20_000 * scale)],
    ['large gzip files', logs],
  ])) {
    const image = join(folder, 'image');
    makeImage(image, layerOf);
    const { stdout, stderr, status } = spawnSync(node, [import.meta.filename, '--inside', image], {
      encoding: 'utf8',
    });
    rmSync(image, { recursive: true });
    if (status !== 0) throw new Error(stderr);
    const { seconds, processor, megabytes, peak } = JSON.parse(stdout);
    const good = peak <= mostMegabytes;
    if (!good) process.exitCode = 1;
    console.log(
      `${what.padEnd(20)} ${megabytes.toFixed(0).padStart(5)} MB in ${seconds.toFixed(1)} s, ${processor.toFixed(1)} s of the main thread; memory ${peak.toFixed(0)} MB   ${good ? 'good' : 'missed'}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

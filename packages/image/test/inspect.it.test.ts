// Images that a real BuildKit and a real engine wrote, in every form they have.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { runCommand } from '@headgate/kit/process';
import { testFolder } from '@headgate/kit/testing/folder';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bareContext, type InspectReport, inspectReport } from '../src/inspect-report.js';
import { inspectImage } from '../src/inspection.js';
import { openImage } from '../src/open-image.js';

const base = process.env['HEADGATE_NODE_IMAGE'] ?? 'local/node:24-slim';
const lacking = findLacking();
const suite = lacking === null ? describe : describe.skip;
if (lacking !== null) process.stdout.write(`inspect.it.test.ts skipped: ${lacking}\n`);

const { signal } = new AbortController();
const node = (script: string): string => JSON.stringify(['node', '-e', script]);
const full = [
  `FROM ${base}`,
  'COPY app.txt /srv/app.txt',
  `RUN ${node("require('node:fs').chmodSync('/srv/app.txt', 0o755)")}`,
  `RUN ${node("require('node:fs').writeFileSync('/srv/gone', 'g'.repeat(50000))")}`,
  `RUN ${node("require('node:fs').rmSync('/srv/gone')")}`,
  'ENV A=1',
].join('\n');
const copyOnly = 'FROM scratch\nCOPY app.txt /srv/app.txt\nCOPY app.txt /srv/again.txt\n';

suite('headgate inspect on what real tools write', () => {
  const folder = testFolder('headgate-inspect-it-');
  const tag = `headgate-inspect-it:${process.pid}`;
  const path = (name: string): string => join(folder, name);

  beforeAll(() => {
    writeFileSync(path('app.txt'), 'app\n'.repeat(1000));
    writeFileSync(path('Full.Dockerfile'), full);
    writeFileSync(path('Copy.Dockerfile'), copyOnly);
  });

  afterAll(() => {
    execFileSync('docker', ['rmi', '--force', tag], { stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true });
  });

  function build(file: string, output: string, ...more: readonly string[]): void {
    const args = ['buildx', 'build', '--file', path(file), '--output', output, ...more, folder];
    execFileSync('docker', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  async function inspect(name: string): Promise<InspectReport> {
    const source = await openImage(name, {
      directory: folder,
      temporary: folder,
      env: {},
      signal,
      http: createHttp(),
      clock: systemClock,
      random: Math.random,
      core: { info: () => undefined },
      run: runCommand,
    });
    try {
      return inspectReport(await inspectImage(source, { platform: null, visit: null, signal }), bareContext);
    } finally {
      await source.close();
    }
  }

  /** What an independent reader of the layout says: sizes by the manifest and by unpacking. */
  function judged(layout: string, digest: string): { compressed: number; uncompressed: number } {
    const blob = (name: string): Buffer => readFileSync(join(path(layout), 'blobs/sha256', name.slice(7)));
    const { layers } = JSON.parse(blob(digest).toString()) as { layers: { digest: string; size: number }[] };
    return {
      compressed: layers.reduce((sum, { size }) => sum + size, 0),
      uncompressed: layers.reduce((sum, one) => sum + plain(blob(one.digest)).length, 0),
    };
  }

  it('accounts for an image on a base: what was changed and removed ships', async () => {
    build('Full.Dockerfile', `type=oci,dest=${path('full.tar')}`, '--provenance=false');
    build('Full.Dockerfile', `type=oci,tar=false,dest=${path('full')}`, '--provenance=false');

    const archive = await inspect('full.tar');
    const layout = await inspect('full');

    expect(archive).toEqual(layout);
    const [platform] = archive.platforms;
    expect(platform).toMatchObject(judged('full', archive.digest));
    expect(platform?.wasted.metadata).toBe(4000);
    expect(platform?.wasted.deleted).toBeGreaterThanOrEqual(50_000);
    expect(platform?.layers.find(({ createdBy }) => createdBy.includes('COPY app.txt'))).toMatchObject({
      wasted: 4000,
    });
    expect(platform?.layers.at(-2)?.topFiles[0]).toEqual({ path: 'srv/gone', bytes: 50_000, hidden: true });
  });

  it.each([
    ['one platform, attestations off', ['--provenance=false'], ['linux/amd64'], 0],
    ['one platform, attestations on', ['--provenance=mode=max'], ['linux/amd64'], 1],
    [
      'two platforms, attestations off',
      ['--provenance=false', '--platform=linux/amd64,linux/arm64'],
      ['linux/amd64', 'linux/arm64'],
      0,
    ],
    [
      'two platforms, attestations on',
      ['--provenance=mode=max', '--platform=linux/amd64,linux/arm64'],
      ['linux/amd64', 'linux/arm64'],
      2,
    ],
  ])('reads %s', async (_name, args, platforms, attestations) => {
    build('Copy.Dockerfile', `type=oci,dest=${path('copy.tar')}`, ...args);

    const report = await inspect('copy.tar');

    expect(report.platforms.map(({ platform }) => platform)).toEqual(platforms);
    expect(report.attestations).toHaveLength(attestations);
    expect(
      report.attestations.every(({ predicateTypes }) => predicateTypes[0]?.startsWith('https://slsa.dev/')),
    ).toBe(true);
    for (const platform of report.platforms) {
      expect(platform.layers.map(({ createdBy }) => createdBy)).toEqual([
        'COPY app.txt /srv/app.txt # buildkit',
        'COPY app.txt /srv/again.txt # buildkit',
      ]);
      expect(platform).toMatchObject({ efficiency: 1, wasted: { duplicate: 4000, deleted: 0 } });
    }
  });

  it('L11 says the same about an OCI layout, a docker-archive and the engine, but for how they are packed', async () => {
    const outputs = ['oci', 'docker'].map((type) => `type=${type},dest=${path(`${type}.tar`)}`);
    for (const output of outputs) build('Full.Dockerfile', output, '--provenance=false');
    build('Full.Dockerfile', 'type=docker', '--provenance=false', '--tag', tag);

    const [oci, archive, engine] = await Promise.all(
      ['oci.tar', 'docker.tar', `docker-daemon:${tag}`].map(inspect),
    );

    expect(archive?.platforms).toEqual(oci?.platforms);
    expect(unpacked(engine)).toEqual(unpacked(oci));
  });
});

/** Layers of a base image come as the engine keeps them, which is not packed. */
function plain(layer: Buffer): Buffer {
  return layer[0] === 0x1f ? gunzipSync(layer) : layer;
}

/** What does not depend on packing: an engine keeps layers as archives and packs them anew. */
function unpacked(report: InspectReport | undefined): unknown {
  return report?.platforms.map(({ platform, uncompressed, efficiency, wasted, layers }) => ({
    platform,
    uncompressed,
    efficiency,
    wasted,
    layers: layers.map((layer) => [layer.createdBy, layer.uncompressed, layer.wasted, layer.topFiles]),
  }));
}

function findLacking(): string | null {
  const answers = (args: readonly string[]): boolean => {
    try {
      execFileSync('docker', [...args], { stdio: 'ignore', timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  };
  if (!answers(['version'])) return 'no Docker engine answers';
  if (!answers(['buildx', 'version'])) return 'docker has no buildx';
  return answers(['image', 'inspect', base]) ? null : `the image ${base} is not there`;
}

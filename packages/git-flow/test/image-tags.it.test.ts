// The version as a tag, in a real registry.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp } from '@headgate/kit/http';
import type { ImagePart } from '@headgate/kit/record-parts';
import { parseSecretMap } from '@headgate/kit/secrets';
import { createTestDeps } from '@headgate/kit/testing/deps';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RegistryAccess, tagImages } from '../src/image-tags.js';
import { imageParts } from './fixtures.js';

const program = ['docker-registry', 'registry'].find((name) => spawnSync(name, ['--version']).status === 0);
const suite = program === undefined ? describe.skip : describe;
if (program === undefined)
  process.stdout.write('image-tags.it.test.ts skipped: no docker-registry on PATH\n');

const http = createHttp();
const mediaType = 'application/vnd.oci.image.index.v1+json';
const stop = new AbortController();
let folder: string;
let host: string;

suite('a real registry', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-registry-'));
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    host = `127.0.0.1:${(probe.address() as AddressInfo).port}`;
    probe.close();
    const file = join(folder, 'registry.yml');
    const storage = `storage: {filesystem: {rootdirectory: ${folder}/data}}`;
    writeFileSync(file, `version: 0.1\nlog: {level: error}\n${storage}\nhttp: {addr: "${host}"}\n`);
    const child = spawn(program ?? '', ['serve', file], { stdio: 'ignore', signal: stop.signal });
    child.on('error', () => undefined);
    await answering();
  });

  afterAll(() => {
    stop.abort();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gets the tag at the same digest, once, and never another', async () => {
    const first = await pushIndex('shop', 'first');
    const second = await pushIndex('shop', 'second');
    const access: RegistryAccess = {
      buildSecrets: parseSecretMap('', { name: 'build-secrets', setSecret: () => undefined }),
      usernameOf: () => null,
      githubToken: '',
    };
    const deps = createTestDeps({ http });
    const tag = (image: ImagePart) => tagImages([image], '1.0.0', { access, deps });

    expect(await tag(first)).toMatchObject([{ reference: `${host}/acme/shop:1.0.0`, made: true }]);
    expect(await digestBehind('shop', '1.0.0')).toBe(first.digest);
    expect(await tag(first)).toMatchObject([{ made: false }]);
    await expect(tag(second)).rejects.toMatchObject({ code: 'image-tag-conflict' });
    expect(await digestBehind('shop', '1.0.0')).toBe(first.digest);
    const absent = { ...first, digest: `sha256:${'0'.repeat(64)}` };
    await expect(tag(absent)).rejects.toMatchObject({ code: 'image-missing' });
  });
});

async function answering(): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await http({ url: `http://${host}/v2/` }).catch(() => null);
    answer?.body.resume();
    if (answer?.status === 200) return;
    if (Date.now() > deadline) throw new Error(`no registry answers at ${host}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** An index without members is the smallest thing that a registry takes. */
async function pushIndex(repository: string, title: string): Promise<ImagePart> {
  const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests: [], annotations: { title } });
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const answer = await http({
    url: `http://${host}/v2/acme/${repository}/manifests/${digest}`,
    method: 'PUT',
    headers: { 'content-type': mediaType, 'content-length': String(Buffer.byteLength(body)) },
    body,
  });
  expect([answer.status, await answer.text()]).toEqual([201, '']);
  const [part] = imageParts('1').images ?? [];
  if (part === undefined) throw new Error('the fixture has an image');
  return { ...part, digest, reference: `${host}/acme/${repository}@${digest}` };
}

async function digestBehind(repository: string, tag: string): Promise<string> {
  const url = `http://${host}/v2/acme/${repository}/manifests/${tag}`;
  const answer = await http({ url, headers: { accept: mediaType } });
  return `sha256:${createHash('sha256')
    .update(await answer.text())
    .digest('hex')}`;
}

// With verify-key only signed images run: what is asked before a host is touched, and in which words the rest is refused.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { systemClock } from '@headgate/kit/clock';
import type { Deps } from '@headgate/kit/deps';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { parseSecretMap } from '@headgate/kit/secrets';
import { ociManifest, signatureManifest, signatureTag } from '@headgate/kit/signature/manifest';
import { signaturePayload } from '@headgate/kit/signature/payload';
import { readSigningKey } from '@headgate/kit/signature/signing-key';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { digestOf, type RegistryDouble, startRegistry } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseImage } from '../src/image.js';
import { inputSpecs } from '../src/inputs.js';
import { readModeInputs, runMode } from '../src/modes.js';
import { imagesOf, refuseUnsigned, type SignatureInputs } from '../src/signature-gate.js';
import { deploy, type FinishedDeploy } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ed25519');
const open = (key: KeyObject): string => String(key.export({ format: 'pem', type: 'spki' }));
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const password = 'correct horse battery';

let host: DoubleHost;
let remote: RegistryDouble;

beforeEach(async () => {
  host = await startDoubleHost();
  host.writeCompose('services: {web: {image: shop, restart: always}}');
  remote = await startRegistry();
});

afterEach(async () => {
  await host.close();
  await remote.close();
});

const image = (digit: string): string => `${remote.host}/acme/shop@${digest(digit)}`;

/** Leaves a signature beside the image of `digit`, over a payload for `named`. */
function sign(digit: string, { key = pair.privateKey, named = digit } = {}): void {
  const payload = signaturePayload('acme/shop', digest(named));
  const pem = String(key.export({ format: 'pem', type: 'pkcs8' }));
  const { bytes } = signatureManifest([], payload, readSigningKey(pem, 'key').sign(payload));
  remote.blobs.set(digestOf(payload), payload);
  remote.manifests.set(signatureTag(digest(digit)), { mediaType: ociManifest, bytes });
}

function attempt(digit: string, inputs: Readonly<Record<string, string>> = {}): Promise<FinishedDeploy> {
  return deploy(host, image(digit), {
    http: createHttp(),
    inputs: {
      engine: host.engineSocket,
      settle: '1ms',
      'health-interval': '10ms',
      'drain-deadline': '0s',
      'verify-key': open(pair.publicKey),
      ...inputs,
    },
  });
}

const signatureInputs = (): SignatureInputs => ({
  verifyKey: open(pair.publicKey),
  registryUsername: '',
  deploySecrets: parseSecretMap('', { name: 'deploy-secrets', setSecret: () => undefined }),
});

describe('an image with a signature', () => {
  it('by the key is deployed, and the log names the key', async () => {
    sign('1');

    const { result, core } = await attempt('1');

    expect(result.outputs['outcome']).toBe('deployed');
    expect(core.lines.join('\n')).toMatch(/is signed by the key [0-9a-f]{12}: .+\/acme\/shop@sha256:/);
  });

  it('by one of several keys is deployed', async () => {
    sign('1');

    const keys = open(stranger.publicKey) + open(pair.publicKey);
    expect((await attempt('1', { 'verify-key': keys })).result.outputs['outcome']).toBe('deployed');
  });

  it('is asked for with the login that it is pulled with', async () => {
    sign('1');
    remote.trouble = ({ authorization }) =>
      authorization === null ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } } : null;

    const secrets = JSON.stringify({ registries: { [remote.host]: password } });
    const { result } = await attempt('1', { 'deploy-secrets': secrets, 'registry-username': 'ci' });

    expect(result.outputs['outcome']).toBe('deployed');
    const login = `Basic ${Buffer.from(`ci:${password}`).toString('base64')}`;
    expect(remote.seen.at(-1)?.authorization).toBe(login);
  });

  it('does not need one without keys, and then no registry is asked', async () => {
    expect((await attempt('1', { 'verify-key': '' })).result.outputs['outcome']).toBe('deployed');
    expect(remote.seen).toEqual([]);
  });
});

describe('an image is refused before the host is touched', () => {
  it.each<[string, () => void, string, RegExp]>([
    ['without a signature', () => undefined, 'unsigned', /there is none: .+\/acme\/shop:sha256-1+\.sig/],
    [
      'with a signature by another key',
      () => sign('1', { key: stranger.privateKey }),
      'signature-invalid',
      /1 of 1: another key has made it/,
    ],
    [
      'with a signature of another digest',
      () => sign('1', { named: '2' }),
      'signature-invalid',
      /it is for "sha256:2+"/,
    ],
    [
      'whose registry wants a login',
      () => {
        remote.trouble = () => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } });
      },
      'registry-refused',
      /could not be looked up/,
    ],
  ])('%s', async (_, prepare, code, message) => {
    prepare();

    await expect(attempt('1')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.not.stringContaining('may push'),
      outputs: { outcome: 'failed' },
    });
    expect(host.engine.requests).toEqual([]);
  });

  it('when that of a test or of a hook is not signed, though its own is', async () => {
    sign('1');
    const other = (digit: string) => ({ image: parseImage(image(digit)) });
    const delivery = { ...other('1'), version: null, commit: null };
    const test = { name: 'smoke', imageName: 'e2e', command: ['x'], environment: new Map(), deadlineMs: 1 };
    const judged = (...images: readonly string[]): Promise<void> => {
      const tests = images.map((digit) => ({ ...test, ...other(digit) }));
      const all = imagesOf({ ...delivery, tests, hooks: [] });
      return refuseUnsigned(all, signatureInputs(), createTestDeps({ http: createHttp() }));
    };

    await expect(judged('2')).rejects.toMatchObject({
      code: 'unsigned',
      message: expect.stringContaining(image('2')),
    });
    const before = remote.seen.length;
    await expect(judged('1', '1')).resolves.toBeUndefined();
    // The manifest and the payload, once.
    expect(remote.seen.length - before).toBe(2);
  });

  it.each([
    ['shop', 'https://registry-1.docker.io/v2/library/shop'],
    ['docker.io/shop', 'https://registry-1.docker.io/v2/library/shop'],
    ['acme/shop', 'https://registry-1.docker.io/v2/acme/shop'],
    ['ghcr.io/shop', 'https://ghcr.io/v2/shop'],
    ['registry:5000/acme/shop', 'https://registry:5000/v2/acme/shop'],
  ])('%s is asked for at the registry that the engine would pull it from', async (name, address) => {
    const urls: string[] = [];
    const http: Deps['http'] = ({ url }) => {
      urls.push(url);
      const text = () => Promise.resolve('');
      return Promise.resolve({ status: 404, headers: {}, body: Readable.from([]), text, json: text });
    };

    const asked = refuseUnsigned(
      [parseImage(`${name}@${digest('1')}`)],
      signatureInputs(),
      createTestDeps({ http }),
    );

    await expect(asked).rejects.toMatchObject({ code: 'unsigned' });
    expect(urls).toEqual([`${address}/manifests/${signatureTag(digest('1'))}`]);
  });

  it('for a verify-key that is none', async () => {
    await expect(attempt('1', { 'verify-key': 'cosign.pub' })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/^verify-key: /),
    });
    expect(host.engine.requests).toEqual([]);
  });

  it('in a plan too', async () => {
    await expect(attempt('1', { mode: 'plan' })).rejects.toMatchObject({ code: 'unsigned' });
  });

  it.each([
    ['run', { target: 'host-1', service: 'web', task: '{command: [exit, "0"]}' }],
    ['preview', { service: '', services: 'SERVICES' }],
  ])('in mode %s too', async (mode, more) => {
    const services = JSON.stringify({ web: { image: image('1'), port: 3000 } });
    const core = createTestCore({
      mode,
      environment: 'integration',
      application: host.application,
      engine: host.engineSocket,
      'verify-key': open(pair.publicKey),
      'pull-request': '7',
      ...more,
      ...(mode === 'run' ? { image: image('1') } : { services }),
    });
    const context = createTestContext({ workspace: join(host.folder, 'workspace') });
    const deps = { ...createTestDeps({ core, context, http: createHttp() }), clock: systemClock };

    const started = runMode(readModeInputs(createInputReader(inputSpecs, core)), deps);

    await expect(started).rejects.toMatchObject({ code: 'unsigned' });
    expect(host.engine.requests).toEqual([]);
  });
});

it('going back to what the host keeps asks no registry', async () => {
  sign('1');
  sign('2');
  await attempt('1');
  await attempt('2');
  remote.trouble = () => ({ cut: true });

  const { result } = await attempt('2', { 'rollback-to': 'previous' });

  expect(result.outputs).toMatchObject({ outcome: 'deployed', digest: digest('1') });
});

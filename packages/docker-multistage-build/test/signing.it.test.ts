// Signatures on a real engine and registry, judged by openssl and by a registry client that is not ours.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand, startCommand } from '@headgate/kit/process';
import { signaturePayload } from '@headgate/kit/signature/payload';
import { readSigningKey } from '@headgate/kit/signature/signing-key';
import { readVerifyKeys } from '@headgate/kit/signature/verify-key';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { testFolder } from '@headgate/kit/testing/folder';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { digestOf } from '@headgate/kit/testing/registry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { findLacking, judge, judged, type RealRegistry, serveRegistry } from './real-tools.js';

const lacking =
  findLacking() ?? (judge === 'crane' ? null : 'no crane to fetch signatures') ?? missingOpenssl();
const suite = lacking === null ? describe : describe.skip;
if (lacking !== null) process.stdout.write(`signing.it.test.ts skipped: ${lacking}\n`);

interface PemPair {
  readonly secret: string;
  /** A file. */
  readonly open: string;
}

suite('a signature on a real registry', () => {
  let registry: RealRegistry;
  let repository: TestRepository;
  let deps: TestDeps;
  let folder: string;

  beforeAll(async () => {
    registry = await serveRegistry();
  });

  afterAll(() => registry.stop());

  beforeEach(() => {
    folder = testFolder('headgate-signing-');
    repository = createTestRepository();
    repository.commit('start', { Dockerfile: 'FROM scratch\nCOPY app.txt /app.txt\n', 'app.txt': 'good' });
    const context = createTestContext({ workspace: repository.directory });
    deps = createTestDeps({ run: runCommand, start: startCommand, http: createHttp(), context });
  });

  afterEach(() => {
    repository.remove();
    rmSync(deps.temporary, { recursive: true, force: true });
  });

  function start(
    settings: Readonly<Record<string, unknown>>,
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<ActionResult> {
    const given = {
      settings: JSON.stringify({ leg: 'shop', ...settings }),
      'build-secrets': JSON.stringify(secrets),
    };
    return run(readInputs(createInputReader(inputSpecs, createTestCore(given))), {
      ...deps,
      clock: systemClock,
    });
  }

  /** As the README says to make it. */
  function pair(name: string, ...algorithm: readonly string[]): PemPair {
    const [secret, open] = [join(folder, `${name}.key`), join(folder, `${name}.pub`)];
    execFileSync('openssl', ['genpkey', ...algorithm, '-out', secret], { stdio: 'pipe' });
    execFileSync('openssl', ['pkey', '-in', secret, '-pubout', '-out', open], { stdio: 'pipe' });
    return { secret: readFileSync(secret, 'utf8'), open };
  }
  const p256 = (name: string): PemPair =>
    pair(name, '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
  const crane = (...args: readonly string[]): Buffer => execFileSync('crane', [...args], { stdio: 'pipe' });

  /** The payload and signature of each layer, as files that openssl takes. */
  function fetched(
    name: string,
    digest: string,
  ): readonly { readonly payload: string; readonly signature: string }[] {
    const { layers } = JSON.parse(String(crane('manifest', `${name}:${digest.replace(':', '-')}.sig`))) as {
      layers: { mediaType: string; digest: string; annotations: Record<string, string> }[];
    };
    return layers.map(({ mediaType, digest: blob, annotations }, index) => {
      expect(mediaType).toBe('application/vnd.dev.cosign.simplesigning.v1+json');
      const [payload, signature] = [join(folder, `payload-${index}`), join(folder, `signature-${index}`)];
      writeFileSync(payload, crane('blob', `${name}@${blob}`));
      writeFileSync(
        signature,
        Buffer.from(String(annotations['dev.cosignproject.cosign/signature']), 'base64'),
      );
      return { payload, signature };
    });
  }

  function openssl(args: readonly string[]): string {
    try {
      return execFileSync('openssl', [...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
    } catch {
      return 'refused';
    }
  }

  it.each([
    ['one platform', ['linux/amd64']],
    ['two platforms', ['linux/amd64', 'linux/arm64']],
  ])(
    'of %s by ECDSA is one that openssl verifies, for the digest that the tag names',
    async (what, platforms) => {
      const name = `${registry.host}/${what.replaceAll(' ', '-')}`;
      const [ours, theirs] = [p256('ours'), p256('theirs')];

      const result = await start(
        { image: name, tags: ['1.0.0'], push: true, platforms },
        { 'signing-key': ours.secret },
      );

      expect(result.failure).toBeUndefined();
      const digest = judged(`${name}:1.0.0`);
      const [one, ...more] = fetched(name, digest);
      expect(more).toEqual([]);
      const { payload = '', signature = '' } = one ?? {};
      const verify = (key: string): string =>
        openssl(['dgst', '-sha256', '-verify', key, '-signature', signature, payload]);
      expect(verify(ours.open)).toBe('Verified OK');
      expect(verify(theirs.open)).toBe('refused');
      expect(JSON.parse(readFileSync(payload, 'utf8'))).toEqual({
        critical: {
          identity: { 'docker-reference': name },
          image: { 'docker-manifest-digest': digest },
          type: 'cosign container image signature',
        },
        optional: null,
      });
      expect(result.outputs['signature']).toBe(
        `${name}@${judged(`${name}:${digest.replace(':', '-')}.sig`)}`,
      );
      const config = JSON.parse(String(crane('config', String(result.outputs['signature'])))) as object;
      expect(config).toMatchObject({ rootfs: { diff_ids: [digestOf(readFileSync(payload))] } });
    },
  );

  it('that openssl has made over the same payload is one that our own verification takes', async () => {
    const name = `${registry.host}/by-openssl`;
    const { secret, open } = p256('theirs');
    const image = { image: name, tags: ['1.0.0'], push: true };
    await start(image);
    const payload = signaturePayload(name, judged(`${name}:1.0.0`));
    writeFileSync(join(folder, 'payload'), payload);
    const signing = ['dgst', '-sha256', '-sign', join(folder, 'theirs.key'), join(folder, 'payload')];
    const signature = execFileSync('openssl', signing, { stdio: 'pipe' });

    const [key] = readVerifyKeys(readFileSync(open, 'utf8'), 'verify-key');
    expect(key?.verifies(payload, signature)).toBe(true);
    expect(readSigningKey(secret, 'signing-key').verifyKey.name).toBe(key?.name);
  });

  it('by Ed25519 stands beside that of another key, each once, and goes along when the image is promoted', async () => {
    const name = `${registry.host}/several`;
    const image = { image: name, tags: ['1.0.0'], push: true };
    const [first, second] = [p256('first'), pair('second', '-algorithm', 'ED25519')];
    for (const { secret } of [first, second, first, second]) {
      const { failure } = await start(image, { 'signing-key': secret });
      expect(failure).toBeUndefined();
    }
    const digest = judged(`${name}:1.0.0`);
    const copy = `${registry.host}/promoted`;

    await start({ mode: 'promote', 'image-ref': `${name}@${digest}`, image: copy, tags: ['1.0.0'] });

    for (const place of [name, copy]) {
      const all = fetched(place, digest);
      expect(all).toHaveLength(2);
      const [ecdsa, ed25519] = all;
      expect(
        openssl([
          'dgst',
          '-sha256',
          '-verify',
          first.open,
          '-signature',
          ecdsa?.signature ?? '',
          ecdsa?.payload ?? '',
        ]),
      ).toBe('Verified OK');
      const raw = ['pkeyutl', '-verify', '-pubin', '-rawin', '-inkey', second.open];
      expect(openssl([...raw, '-sigfile', ed25519?.signature ?? '', '-in', ed25519?.payload ?? ''])).toBe(
        'Signature Verified Successfully',
      );
    }
  });
});

function missingOpenssl(): string | null {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'openssl is not installed';
  }
}

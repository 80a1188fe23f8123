// `headgate verify`: whether an image carries a signature by a key, asked as deployments ask it.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dockerAccount } from '@headgate/image/docker-account';
import { parseImageReference } from '@headgate/image/image-reference';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { openRegistry } from '@headgate/kit/registry/open-registry';
import { type ImageName, isDigest } from '@headgate/kit/registry/reference';
import type { Registry } from '@headgate/kit/registry/registry';
import { type SignatureVerdict, verifyImage } from '@headgate/kit/signature/verification';
import { readVerifyKeys, type VerifyKey } from '@headgate/kit/signature/verify-key';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import { UsageError } from './usage-error.js';
import type { VerifyOrder } from './verify-arguments.js';

export async function verifyCommand(order: VerifyOrder, host: HostProcess): Promise<ExitCode> {
  const keys = await readKeys(order.key, host);
  const { image, reference } = parseImageReference(order.image);
  if (!isDigest(reference)) {
    throw new UsageError(
      `${order.image}: a digest was expected, a tag may name another image tomorrow`,
      'Write: headgate verify HOST/NAME@sha256:… --key FILE',
    );
  }
  const verdict = await verifyImage(await registryOf(image, host), reference, keys);
  print(
    verdict.kind === 'signed' ? host.stdout : host.stderr,
    linesOf(verdict, `${image.name}@${reference}`),
  );
  return verdict.kind === 'signed' ? exitCode.ok : exitCode.failed;
}

async function readKeys(path: string, host: HostProcess): Promise<readonly VerifyKey[]> {
  const text = await readFile(resolve(host.directory, path), 'utf8').catch(() => {
    throw new UsageError(`--key ${path} cannot be read`, 'Name the file with the public key.');
  });
  return readVerifyKeys(text, '--key');
}

/** Logged in as `docker login` has left it. */
async function registryOf(image: ImageName, { env, signal, stderr }: HostProcess): Promise<Registry> {
  const credentials = await dockerAccount(image.host, env);
  const core = { info: (line: string) => print(stderr, [line]) };
  const deps = { http: createHttp(env), clock: systemClock, random: Math.random, signal, core };
  return openRegistry({ image, credentials, actions: 'pull' }, deps);
}

function linesOf(verdict: SignatureVerdict, image: string): readonly string[] {
  switch (verdict.kind) {
    case 'signed':
      return [`${image} is signed by the key ${verdict.key}`, `  ${verdict.reference}`];
    case 'unsigned':
      return [`${image} is not signed: there is no ${verdict.tag}`];
    case 'invalid':
      return [
        `${image} has no signature by the key; of those in ${verdict.tag}:`,
        ...verdict.reasons.map((reason) => `  ${reason}`),
      ];
  }
}

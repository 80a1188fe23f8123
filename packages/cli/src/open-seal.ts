// `headgate open-seal`: a sealed file, such as a state that could not be written, opened by a person who has the key.
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openSeal } from '@headgate/kit/seal';
import { parseEnvelope, type SealEnvelope } from '@headgate/kit/seal-envelope';
import { createSealKey } from '@headgate/kit/seal-key';
import type { OpenSealOrder } from './arguments.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import { UsageError } from './usage-error.js';

/** From the environment: an argument would be seen by every process of the machine. */
const keyVariable = 'HEADGATE_SEAL_KEY';

export async function openSealCommand(order: OpenSealOrder, host: HostProcess): Promise<ExitCode> {
  const text = host.env[keyVariable] ?? '';
  if (text === '') {
    throw new UsageError(
      `the key was expected in ${keyVariable}, it is not set`,
      `Set ${keyVariable} to seal-key of the environment's DEPLOY_SECRETS.`,
    );
  }
  const key = createSealKey(text);
  const envelope = await readEnvelope(order.file, host);
  // Whoever has the key may read it anywhere; what it belongs to is said, so that nobody takes it for another's.
  const content = openSeal(key, envelope, envelope.bound);
  const file = resolve(host.directory, order.output);
  await writeFile(file, content, { mode: 0o600, flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--output ${order.output}: a new file was expected, ${cause.code === 'EEXIST' ? 'it exists' : cause.message}`,
      'Name a file that does not exist yet, in a folder that does.',
    );
  });
  const facts = Object.entries(envelope.bound).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
  print(host.stdout, [`${order.output} holds ${content.length} bytes, sealed for:`, ...facts]);
  return exitCode.ok;
}

async function readEnvelope(path: string, host: HostProcess): Promise<SealEnvelope> {
  const text = await readFile(resolve(host.directory, path), 'utf8').catch(() => {
    throw new UsageError(`${path} cannot be read`, 'Name the sealed file of the artifact, unpacked.');
  });
  try {
    return parseEnvelope(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`${path} is no sealed file`, 'Name the sealed file of the artifact, unpacked.');
  }
}

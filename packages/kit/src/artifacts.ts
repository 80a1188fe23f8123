// JSON documents out of artifacts: one file a zip, bounded, and a record only under its own digest.
import { digestOf } from './digest.js';
import { ActionError } from './errors.js';
import type { GitHub } from './github.js';
import { type DeliveryRecord, parseRecord } from './record.js';

const maxUnpacked = 32 * 1024 * 1024;

/**
 * The JSON of the file `fileName` in an artifact; null takes its only file.
 * @throws {ActionError} `artifact-unreadable`: no such file, too large, or not JSON.
 */
export async function readArtifactJson(
  github: GitHub,
  artifactId: number,
  fileName: string | null = null,
): Promise<unknown> {
  const bytes = await github.downloadArtifact(artifactId);
  const text = new TextDecoder().decode(isZip(bytes) ? await unpack(bytes, artifactId, fileName) : bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(artifactId, 'its file is not JSON', cause);
  }
}

/**
 * The record an earlier job of this run handed on by artifact id and digest.
 * @throws {ActionError} `record-dropped` when either is empty; `record-mismatch` when the bytes are others.
 */
export async function fetchRecord(
  github: GitHub,
  artifactId: string,
  digest: string,
): Promise<DeliveryRecord> {
  if (!/^\d{1,15}$/.test(artifactId) || !digest.startsWith('sha256:')) {
    throw new ActionError({
      code: 'record-dropped',
      message: `the record of the former job was expected, artifact ${JSON.stringify(artifactId)} with digest ${JSON.stringify(digest)} was found`,
      hint: 'GitHub drops a job output that contains a masked value: remove short secrets that occur in digests or ids.',
    });
  }
  const record = parseRecord(await readArtifactJson(github, Number(artifactId)));
  const found = digestOf(record);
  if (found === digest) return record;
  throw new ActionError({
    code: 'record-mismatch',
    message: `the record ${digest} was expected in artifact ${artifactId}, ${found} was found`,
    hint: 'Re-run all jobs of this run; another job may have replaced the artifact.',
  });
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

async function unpack(bytes: Uint8Array, artifactId: number, fileName: string | null): Promise<Uint8Array> {
  // A chunk of its own and taken whole, so that all bundles have the same one and the archive has it once.
  const zip = await import('fflate');
  let total = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = zip.unzipSync(bytes, {
      filter: (file) => {
        total += file.originalSize;
        if (total > maxUnpacked) throw new Error(`it unpacks to more than ${maxUnpacked} bytes`);
        return fileName === null || file.name === fileName;
      },
    });
  } catch (cause) {
    throw unreadable(artifactId, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const [first, ...others] = Object.values(files);
  if (first === undefined) throw unreadable(artifactId, `it has no file ${fileName ?? ''}`);
  if (others.length > 0) throw unreadable(artifactId, 'one file was expected, several were found');
  return first;
}

function unreadable(artifactId: number, problem: string, cause?: unknown): ActionError {
  return new ActionError({
    code: 'artifact-unreadable',
    message: `artifact ${artifactId}: ${problem}`,
    hint: 'Re-run the job that uploaded it.',
    cause,
  });
}

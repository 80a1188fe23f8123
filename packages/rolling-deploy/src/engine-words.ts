// What the Engine API says in lines and texts: of pulls, refusals and logs; pure.
import { record, text } from './engine-answers.js';
import { pullError } from './engine-refusals.js';

/** @throws {DeployError} when this JSON line of a pull's progress says that it failed */
export function judgePull(line: string, image: string): void {
  const message = text(record(parsed(line))['error']);
  if (message !== '') throw pullError(image, message);
}

/** The message of an engine's refusal: `{"message": "…"}`, or the bare text. */
export function refusalOf(body: string): string {
  return text(record(parsed(body))['message']) || body.trim().slice(0, 300);
}

/** Lines of a container's log, from the multiplexed stream: 8 bytes of header before each frame, none with a TTY. */
export function logLines(bytes: Buffer): readonly string[] {
  const frames: Buffer[] = [];
  let offset = 0;
  while (offset + 8 <= bytes.length && (bytes[offset] ?? 9) <= 2 && bytes.readUIntBE(offset + 1, 3) === 0) {
    const size = bytes.readUInt32BE(offset + 4);
    frames.push(bytes.subarray(offset + 8, offset + 8 + size));
    offset += 8 + size;
  }
  const plain = frames.length === 0 ? bytes : Buffer.concat(frames);
  return plain
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

/** Null for what is no JSON. */
export function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

// What a double does with the body of a request: read it, or break off in the middle.
import type { IncomingMessage } from 'node:http';

/** Resets the connection once this many bytes have come. */
export async function resetAfter(request: IncomingMessage, bytes: number): Promise<void> {
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size >= bytes) break;
  }
  request.socket.resetAndDestroy();
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

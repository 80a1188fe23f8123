// One long connection through the proxy, which is seen to live and to end.
import { request } from 'node:http';
import type { Socket } from 'node:net';

export interface LongConnection {
  /** Sends a word and waits for it to come back; false when the connection has ended. */
  echo(): Promise<boolean>;
  /** Milliseconds since the epoch at which it ended; null while it lasts. */
  endedAt(): number | null;
  close(): void;
}

/** Upgrades a connection as a browser's WebSocket does; what follows is not framed. */
export async function openLongConnection(url: string): Promise<LongConnection> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  const socket = await new Promise<Socket>((resolve, reject) => {
    const outgoing = request(url, { headers });
    outgoing.once('upgrade', (_, upgraded: Socket) => resolve(upgraded));
    outgoing.once('response', ({ statusCode }) => reject(new Error(`no upgrade, but ${statusCode}`)));
    outgoing.once('error', reject);
    outgoing.end();
  });
  let endedAt: number | null = null;
  const ended = new Promise<boolean>((resolve) => {
    socket.once('close', () => {
      endedAt = Date.now();
      resolve(false);
    });
  });
  socket.on('error', () => undefined);
  return {
    echo: () => {
      if (endedAt !== null) return Promise.resolve(false);
      const answered = new Promise<boolean>((resolve) => socket.once('data', () => resolve(true)));
      socket.write('still there?');
      return Promise.race([answered, ended]);
    },
    endedAt: () => endedAt,
    close: () => socket.destroy(),
  };
}

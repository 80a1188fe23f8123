// Tells when a script inside a build has begun, and when its process is gone: it holds a connection open until then.

import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';

export interface Beacon {
  /** Resolves when a script has connected. */
  readonly lit: Promise<void>;
  /** Resolves when that script's process has ended. */
  readonly out: Promise<void>;
  /** For `node -e` in a RUN on the host's network: connects, and never ends by itself. */
  readonly script: string;
  close(): void;
}

export async function createBeacon(): Promise<Beacon> {
  const sockets: Socket[] = [];
  let light = (): void => undefined;
  let darken = (): void => undefined;
  const lit = new Promise<void>((resolve) => {
    light = resolve;
  });
  const out = new Promise<void>((resolve) => {
    darken = resolve;
  });
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', darken).on('close', darken).resume();
    light();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    lit,
    out,
    script: `require('node:net').connect(${port}, '127.0.0.1'); setInterval(() => console.log('still working'), 200)`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

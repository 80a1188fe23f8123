// A unix socket in front of the shared engine that a test may freeze: an engine that stops answering, for one client only.
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface EngineRelay {
  readonly path: string;
  /** From now on nothing that a client sends arrives, and nothing is answered. */
  freeze(): void;
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly path: string;
  /** The engine's own socket. */
  readonly engine: string;
  /** Sees the first bytes of each request; true freezes before they are passed on. */
  readonly freezeAt?: (request: string) => boolean;
}

export async function startEngineRelay({ path, engine, freezeAt }: RelayOptions): Promise<EngineRelay> {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server: Server = createServer((client) => {
    const upstream = connect(engine);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes: Buffer) => {
      frozen ||= freezeAt?.(bytes.toString('latin1', 0, 200)) ?? false;
      if (!frozen) upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (!frozen) client.write(bytes);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    freeze: () => {
      frozen = true;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

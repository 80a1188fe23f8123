// A unix socket in front of the shared engine that a test may freeze or cut: an engine that stops answering or breaks
// connections, for one client only.
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface EngineRelay {
  readonly path: string;
  /** From now on nothing that a client sends arrives, and nothing is answered. */
  freeze(): void;
  /** As an engine that restarts while its containers go on: cuts every connection and refuses new ones for so long. */
  restart(milliseconds: number): Promise<void>;
  /** Connections that `cutAfter` ended. */
  cuts(): number;
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly path: string;
  /** The engine's own socket. */
  readonly engine: string;
  /** Sees the first bytes of each request; true freezes before they are passed on. */
  readonly freezeAt?: (request: string) => boolean;
  /** Sees the first bytes of each request; the connection is cut in the middle of its answer after so many bytes. */
  readonly cutAfter?: (request: string) => number | null;
}

export async function startEngineRelay({
  path,
  engine,
  freezeAt,
  cutAfter,
}: RelayOptions): Promise<EngineRelay> {
  const sockets = new Set<Socket>();
  let frozen = false;
  let cuts = 0;
  const server: Server = createServer((client) => {
    const upstream = connect(engine);
    let left: number | null = null;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes: Buffer) => {
      const beginning = bytes.toString('latin1', 0, 200);
      frozen ||= freezeAt?.(beginning) ?? false;
      left ??= cutAfter?.(beginning) ?? null;
      if (!frozen) upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (frozen) return;
      client.write(left === null ? bytes : bytes.subarray(0, left));
      if (left === null) return;
      left -= bytes.length;
      if (left > 0) return;
      cuts += 1;
      client.destroy();
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
    restart: async (milliseconds) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      await new Promise<void>((resolve) => server.listen(path, resolve));
    },
    cuts: () => cuts,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

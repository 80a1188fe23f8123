// Stands in front of the real registry, counts what is asked and answers some requests with a fault.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RegistryVisit {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly withAccount: boolean;
  readonly status: number;
}

export interface WatchedRegistry {
  /** `127.0.0.1:PORT`, as in image references. */
  readonly host: string;
  readonly visits: readonly RegistryVisit[];
  /** Answers the next requests of a method with this status instead of passing them on. */
  fail(method: string, status: number, times: number): void;
  close(): Promise<void>;
}

/** Passes everything on to the registry at `target` (`127.0.0.1:PORT`). */
export async function watchRegistry(target: string): Promise<WatchedRegistry> {
  const visits: RegistryVisit[] = [];
  const faults: { readonly method: string; readonly status: number }[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const seen = (status: number): void => {
      const path = url.replace(/\?.*$/su, '');
      visits.push({ method, path, withAccount: headers.authorization !== undefined, status });
    };
    const fault = faults.findIndex((each) => each.method === method);
    const [drawn] = fault === -1 ? [] : faults.splice(fault, 1);
    if (drawn !== undefined) {
      incoming.resume();
      seen(drawn.status);
      outgoing.writeHead(drawn.status).end();
      return;
    }
    const [hostname = '', port = ''] = target.split(':');
    const passed = request({ hostname, port, method, path: url, headers }, (answer) => {
      seen(answer.statusCode ?? 0);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    fail: (method, status, times) => {
      for (let index = 0; index < times; index += 1) faults.push({ method, status });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// Requests to the Docker engine by its HTTP interface, over its socket or TCP.
import type { Http, HttpResponse } from '@headgate/kit/http';
import { PartError } from './part-error.js';

/** One request; the answer whatever its status. @throws {PartError} `engine-unreachable` */
export type EngineRequest = (path: string, method?: string) => Promise<HttpResponse>;

const socketForm = 'unix://';

/** Asks the engine at `address` (as in DOCKER_HOST). */
export function engineRequest(http: Http, address: string): EngineRequest {
  const socketPath = isLocal(address) ? address.slice(socketForm.length) : undefined;
  const base = socketPath === undefined ? address.replace(/^tcp:/, 'http:') : 'http://docker';
  return async (path, method = 'GET') => {
    try {
      return await http({
        url: `${base}${path}`,
        method,
        ...(socketPath === undefined ? {} : { socketPath }),
      });
    } catch (cause) {
      throw new PartError({
        code: 'engine-unreachable',
        message: `no Docker engine answers at ${address}`,
        hint: 'Start it, or set DOCKER_HOST to the engine that should be used.',
        cause,
      });
    }
  };
}

/** Whether the engine's socket lies on this machine. */
export function isLocal(address: string): boolean {
  return address.startsWith(socketForm);
}

/** The answer to a question. @throws {PartError} `engine-unreachable`, `part-refused` */
export async function askEngine<T>(request: EngineRequest, path: string): Promise<T> {
  const response = await request(path);
  if (response.status === 200) return (await response.json()) as T;
  throw new PartError({
    code: 'part-refused',
    message: `the Docker engine answered ${response.status} to ${path}: ${await response.text()}`,
    hint: 'Read the engine’s log.',
  });
}

/** Gone already, in use by others, being removed: no reason to stop cleaning. */
const harmless: ReadonlySet<number> = new Set([403, 404, 409]);

/** Deletes one thing, or leaves it when others use it. @throws {PartError} `engine-unreachable`, `part-refused` */
export async function removeFromEngine(request: EngineRequest, path: string): Promise<void> {
  const response = await request(path, 'DELETE');
  response.body.resume();
  if (response.status < 300 || harmless.has(response.status)) return;
  throw new PartError({
    code: 'part-refused',
    message: `the Docker engine answered ${response.status} to DELETE ${path}`,
    hint: 'Remove what is left by hand: docker ps -a, docker image ls.',
  });
}

// Requests to the Docker engine by its HTTP interface, over its socket or TCP.
import type { Http, HttpResponse } from '@headgate/kit/http';
import { PartError } from './part-error.js';

/** The engine's answer was not the one asked for. */
export class EngineRefusal extends PartError {
  readonly status: number;

  constructor(status: number, message: string, hint: string) {
    super({ code: 'part-refused', message, hint });
    this.status = status;
  }
}

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

/** The answer to a question. @throws {PartError} `engine-unreachable` @throws {EngineRefusal} any status but 200 */
export async function askEngine<T>(request: EngineRequest, path: string): Promise<T> {
  const response = await request(path);
  if (response.status === 200) return (await response.json()) as T;
  const message = `the Docker engine answered ${response.status} to ${path}: ${await response.text()}`;
  throw new EngineRefusal(response.status, message, 'Read the engine’s log.');
}

/** Gone already, in use by others, being removed: no reason to stop cleaning. */
const harmless: ReadonlySet<number> = new Set([403, 404, 409]);

/** Deletes one thing, or leaves it when others use it. @throws {PartError} `engine-unreachable` @throws {EngineRefusal} */
export async function removeFromEngine(request: EngineRequest, path: string): Promise<void> {
  const response = await request(path, 'DELETE');
  response.body.resume();
  if (response.status < 300 || harmless.has(response.status)) return;
  const message = `the Docker engine answered ${response.status} to DELETE ${path}`;
  throw new EngineRefusal(
    response.status,
    message,
    'Remove what is left by hand: docker ps -a, docker image ls.',
  );
}

// Commands in containers that run, by the Engine API.
import type { HttpResponse } from '@headgate/kit/http';
import { record, text } from './engine-answers.js';
import { answerOf, type Call, type CallRequest } from './engine-call.js';
import type { StreamOptions } from './engine-streams.js';

export interface EngineExecs {
  /** Answers the exec's id. @throws {DeployError} engine-refused for a container that does not run */
  create(
    id: string,
    what: { readonly command: readonly string[]; readonly environment: ReadonlyMap<string, string> },
  ): Promise<string>;
  /** Both streams in frames, to the end. The body is still to be read. @throws {DeployError} cannot-run */
  start(exec: string, options: StreamOptions): Promise<HttpResponse>;
  /** Null while it runs. */
  exitCode(exec: string): Promise<number | null>;
}

export function createExecs(call: Call): EngineExecs {
  const post = (path: string, body: object): CallRequest => {
    return {
      method: 'POST',
      path,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    };
  };
  return {
    create: async (id, { command, environment }) => {
      const Env = [...environment].map(([name, value]) => `${name}=${value}`);
      const request = post(`/containers/${id}/exec`, {
        AttachStdout: true,
        AttachStderr: true,
        Cmd: command,
        Env,
      });
      return text(record(await answerOf(await call(request), request))['Id']);
    },
    start: async (exec, options) => {
      const request = { ...post(`/exec/${exec}/start`, { Detach: false, Tty: false }), ...options };
      const response = await call(request);
      if (response.status >= 400) await answerOf(response, request);
      return response;
    },
    exitCode: async (exec) => {
      const request: CallRequest = { method: 'GET', path: `/exec/${exec}/json` };
      const { Running: running, ExitCode: code } = record(await answerOf(await call(request), request));
      return running === false && typeof code === 'number' ? code : null;
    },
  };
}

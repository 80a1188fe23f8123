// One call to an engine that restarts: who is asked again, and who is not.
import { ActionError } from '@headgate/kit/errors';
import { createFakeClock } from '@headgate/kit/testing/clock';
import { describe, expect, it } from '@jest/globals';
import { createCall } from '../src/engine-call.js';
import type { EngineRequest, Transport } from '../src/transport.js';

/** Fails so many times in this way, then answers. */
async function call(method: EngineRequest['method'], code: string, failures: number) {
  const clock = createFakeClock();
  let asked = 0;
  const engine: Transport['engine'] = async () => {
    asked += 1;
    if (asked > failures) return { status: 204 } as Awaited<ReturnType<Transport['engine']>>;
    const cause = Object.assign(new Error(code), { code });
    throw new ActionError({ code: 'http-failed', message: `failed: ${code}`, hint: '', cause });
  };
  const transport = { host: 'this machine', engine } as Transport;
  const send = createCall({ transport, clock, deadlineMs: 15_000 });
  const outcome = await send({ method, path: '/v1.41/containers/a/stop' }).then(
    ({ status }) => status,
    (error: unknown) => (error as ActionError).code,
  );
  return { outcome, asked };
}

describe('a call to an engine that restarts', () => {
  it.each([
    ['POST', 'ECONNREFUSED'],
    ['DELETE', 'ENOENT'],
    ['GET', 'ECONNRESET'],
  ] as const)('%s is made again after %s', async (method, code) => {
    expect(await call(method, code, 8)).toEqual({ outcome: 204, asked: 9 });
  });

  it.each(['ECONNRESET', 'EPIPE', ''])('that changes something is not made twice after %j', async (code) => {
    expect(await call('POST', code, 1)).toEqual({ outcome: 'engine-unreachable', asked: 1 });
  });

  it('ends at its deadline', async () => {
    const { outcome, asked } = await call('POST', 'ECONNREFUSED', Number.POSITIVE_INFINITY);

    expect(outcome).toBe('engine-unreachable');
    expect(asked).toBe(60);
  });
});

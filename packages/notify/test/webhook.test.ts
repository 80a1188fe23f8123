// Webhooks against a real HTTP server: signature, retries, refusals, and addresses that must not be called.
import { startTestServer, type TestServer } from '@headgate/kit/testing/http-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { sendNotice } from './notice.js';

const key = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
let server: TestServer;
const path = '/hooks/T0K3N-of-the-hook';

beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const hook = (more: object = {}): object => ({
  type: 'webhook',
  url: { secret: 'hook-url' },
  secret: { secret: 'hook-key' },
  allow: ['loopback'],
  ...more,
});
const secrets = (url = `${server.url}${path}`): string =>
  JSON.stringify({ 'hook-url': url, 'hook-key': key });
const send = (more: object = {}, url?: string, inputs: Readonly<Record<string, string>> = {}) =>
  sendNotice([hook(more)], { inputs: { 'notify-secrets': secrets(url), ...inputs } });

describe('a webhook', () => {
  it('carries a signature that the reference library accepts', async () => {
    server.on(`POST ${path}`, { status: 204 });

    const { deliveries } = await send({}, undefined, { data: '{"environment":"staging"}' });

    expect(deliveries).toMatchObject([{ channel: 'webhook-1', outcome: 'delivered', tries: 1 }]);
    const [request] = server.requests;
    // The clock of this test runs fast, so the tolerance of the library is not what is tested.
    const body = new Webhook(key).verify(
      request?.body ?? '',
      (request?.headers ?? {}) as Record<string, string>,
    );
    expect(body).toMatchObject({
      type: 'headgate.deployed',
      data: { event: 'deployed', repository: 'acme/shop', data: { environment: 'staging' }, record: null },
    });
  });

  it('repeats id and body when tried again, and signs each try', async () => {
    server.on(`POST ${path}`, (_request, call) =>
      call < 3 ? { status: call === 1 ? 503 : 429 } : { status: 200 },
    );

    const { deliveries } = await send();

    expect(deliveries).toMatchObject([{ outcome: 'delivered', tries: 3 }]);
    const ids = server.requests.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1);
    for (const { body, headers } of server.requests)
      new Webhook(key).verify(body, headers as Record<string, string>);
  });

  it('waits as long as it is asked to', async () => {
    server.on(`POST ${path}`, (_request, call) =>
      call === 1 ? { status: 429, headers: { 'retry-after': '5' } } : { status: 200 },
    );

    const { deliveries, took } = await send();

    expect(deliveries).toMatchObject([{ outcome: 'delivered', tries: 2 }]);
    expect(took).toBeGreaterThanOrEqual(5000);
  });

  it.each([
    [{ status: 400 }, 'webhook-refused', 1],
    [{ status: 410 }, 'webhook-refused', 1],
    [{ status: 500 }, 'webhook-refused', 3],
    [{ status: 429, headers: { 'retry-after': '600' } }, 'webhook-refused', 1],
    [{ status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'webhook-redirect', 1],
    [{ fault: 'cut' as const }, 'webhook-unreachable', 3],
    [{ fault: 'hang' as const }, 'timed-out', 3],
  ])('that answers %j is reported', async (answer, code, tries) => {
    server.on(`POST ${path}`, answer);

    const { deliveries, took, core, result } = await send({ required: true });

    expect(deliveries).toMatchObject([{ outcome: 'failed', code, tries }]);
    expect(server.requests).toHaveLength(tries);
    expect(took).toBeLessThan(21_000);
    expect(result.failure).toMatchObject({ code: 'required-channel-failed' });
    const said = `${result.failure?.message} ${core.summary()} ${core.lines.join()} ${JSON.stringify(result.outputs)}`;
    expect(said).not.toContain('T0K3N');
  });

  it('is masked: its address, its path and the tokens in it', async () => {
    server.on(`POST ${path}`, {});

    const { core } = await send({}, `${server.url}${path}?key=sup3r-s3cret`);

    expect(core.secrets).toEqual(
      expect.arrayContaining([
        `${server.url}${path}?key=sup3r-s3cret`,
        path,
        'T0K3N-of-the-hook',
        'sup3r-s3cret',
      ]),
    );
  });

  it('is not called with a payload that receivers may refuse for its size', async () => {
    server.on(`POST ${path}`, {});

    const { deliveries } = await send({}, undefined, { data: JSON.stringify({ text: 'x'.repeat(30_000) }) });

    expect(deliveries).toMatchObject([{ code: 'payload-too-large', tries: 1 }]);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['http://example.com/hook', ['93.184.216.34'], []],
    ['https://intranet.example/hook', ['10.1.2.3'], []],
    ['https://half.example/hook', ['93.184.216.34', '127.0.0.1'], []],
    ['https://half.example/hook', ['93.184.216.34', '10.0.0.1'], ['loopback']],
    ['https://169.254.169.254/latest/meta-data', [], ['private', 'loopback']],
    ['https://[::ffff:127.0.0.1]/hook', [], []],
    ['https://[64:ff9b::a00:1]/hook', [], ['private']],
    ['https://0x7f.1/hook', [], []],
    ['https://2130706433/hook', [], []],
    ['https://0/hook', [], ['loopback', 'private', 'link-local']],
    ['http://10.0.0.1/hook', [], ['private']],
  ])('is never called at %s with %j', async (url, addresses, allow) => {
    const { deliveries } = await sendNotice([hook({ allow })], {
      inputs: { 'notify-secrets': secrets(url) },
      lookup: async () => addresses,
    });

    expect(deliveries).toMatchObject([{ outcome: 'failed', code: 'webhook-address', tries: 1 }]);
  });

  it('connects to the address that was judged, whatever the name stands for later', async () => {
    server.on(`POST ${path}`, {});
    const { port } = new URL(server.url);

    const { deliveries } = await sendNotice([hook()], {
      inputs: { 'notify-secrets': secrets(`http://hooks.invalid:${port}${path}`) },
      lookup: async () => ['127.0.0.1'],
    });

    expect(deliveries).toMatchObject([{ outcome: 'delivered' }]);
    expect(server.requests[0]?.headers['host']).toBe(`hooks.invalid:${port}`);
  });

  it('ends with the reason when the job is cancelled', async () => {
    server.on(`POST ${path}`, { fault: 'hang' });
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const sending = sendNotice([hook()], {
      inputs: { 'notify-secrets': secrets() },
      signal: controller.signal,
    });
    controller.abort(reason);

    await expect(sending).rejects.toBe(reason);
  });
});

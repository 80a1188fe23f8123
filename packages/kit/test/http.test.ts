// HTTP over real sockets: answers, faults, limits, and no secret in a message.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttp } from '../src/http.js';
import { startTestServer, type TestServer } from '../src/testing/http-server.js';

const http = createHttp();
const folder = mkdtempSync(join(tmpdir(), 'headgate-http-'));
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('createHttp', () => {
  it('sends method, headers and body, and takes any status as an answer', async () => {
    server.on('POST /things', { status: 422, json: { message: 'no' }, headers: { 'x-one': '1' } });

    const response = await http({
      url: `${server.url}/things?a=b`,
      method: 'POST',
      headers: { 'x-two': '2' },
      body: 'given',
    });

    expect(response.status).toBe(422);
    expect(response.headers).toMatchObject({
      'x-one': '1',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(await response.json()).toEqual({ message: 'no' });
    const request = server.requests.at(-1);
    expect(request).toMatchObject({
      method: 'POST',
      path: '/things',
      body: 'given',
      headers: { 'x-two': '2' },
    });
    expect(request?.query.get('a')).toBe('b');
  });

  it('sends a stream', async () => {
    server.on('PUT /blob', {});

    const response = await http({
      url: `${server.url}/blob`,
      method: 'PUT',
      body: Readable.from([Buffer.from('one'), Buffer.from('two')]),
    });
    await response.text();

    expect(server.requests.at(-1)?.body).toBe('onetwo');
  });

  it('does not follow redirects', async () => {
    server.on('GET /moved', { status: 302, headers: { location: '/elsewhere' } });

    const response = await http({ url: `${server.url}/moved` });
    response.body.resume();

    expect([response.status, response.headers['location']]).toEqual([302, '/elsewhere']);
  });

  it('speaks over a unix socket', async () => {
    const socketPath = join(folder, 'engine.sock');
    const engine = await startTestServer(socketPath);
    engine.on('GET /v1.41/info', { json: { ok: true } });

    const response = await http({ url: 'http://localhost/v1.41/info', socketPath });

    expect(await response.json()).toEqual({ ok: true });
    await engine.close();
    await expect(http({ url: 'http://localhost/v1.41/info', socketPath })).rejects.toMatchObject({
      code: 'http-failed',
    });
  });

  it('gives up when no headers arrive in time', async () => {
    server.on('GET /hang', { fault: 'hang' });

    await expect(http({ url: `${server.url}/hang?token=s3cr3t`, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'http-timed-out',
      message: `GET ${server.url}/hang was expected to answer within 50 ms`,
    });
  });

  it.each([
    ['a refused connection', 'http://user:s3cr3t@127.0.0.1:9/x?token=s3cr3t'],
    ['a name that does not exist', 'http://nothing.invalid/x?token=s3cr3t'],
  ])('reports %s without what may be secret in the address', async (_, url) => {
    const error = (await http({ url }).catch((caught: unknown) => caught)) as Error;

    expect(error).toMatchObject({ code: 'http-failed' });
    expect(error.message).not.toContain('s3cr3t');
  });

  it('reports a connection cut before and inside an answer', async () => {
    server.on('GET /cut', { fault: 'cut' });
    server.on('GET /half', { fault: 'cut-body', body: 'x'.repeat(1000) });

    await expect(http({ url: `${server.url}/cut` })).rejects.toMatchObject({ code: 'http-failed' });
    const half = await http({ url: `${server.url}/half` });
    await expect(half.text()).rejects.toMatchObject({ code: 'http-failed' });
  });

  it('reads at most what the caller allows', async () => {
    server.on('GET /big', { body: 'x'.repeat(5000) });

    const response = await http({ url: `${server.url}/big` });

    await expect(response.text(4999)).rejects.toThrow('more than the 4999 bytes');
  });

  it('says when an answer is not JSON', async () => {
    server.on('GET /html', { body: '<html>' });

    await expect((await http({ url: `${server.url}/html` })).json()).rejects.toThrow('not JSON');
  });

  it('ends with the reason of the signal, before, during and after the headers', async () => {
    const reason = new Error('cancelled');
    const before = AbortSignal.abort(reason);
    const during = new AbortController();
    const after = new AbortController();
    server.on('GET /wait', async () => {
      during.abort(reason);
      return { fault: 'hang' };
    });
    server.on('GET /slow', { headers: { 'content-length': '100' }, body: 'part' });

    expect(() => http({ url: server.url, signal: before })).toThrow('cancelled');
    await expect(http({ url: `${server.url}/wait`, signal: during.signal })).rejects.toBe(reason);
    const slow = await http({ url: `${server.url}/slow`, signal: after.signal });
    const reading = slow.text();
    after.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('connects to the address it is given, under the name of the URL', async () => {
    server.on('GET /named', (request) => ({ body: String(request.headers['host']) }));
    const { port } = new URL(server.url);

    const response = await http({ url: `http://name.invalid:${port}/named`, address: '127.0.0.1' });

    expect(await response.text()).toBe(`name.invalid:${port}`);
  });

  it('goes through a proxy where the environment names one, except to NO_PROXY', async () => {
    const seen: string[] = [];
    const proxy = createServer((socket) => {
      socket.once('data', (data) => {
        seen.push(data.toString('latin1').split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address() as { port: number };
    server.on('GET /direct', { body: 'direct' });
    const through = createHttp({ HTTP_PROXY: `http://127.0.0.1:${address.port}`, NO_PROXY: '127.0.0.1' });

    const proxied = await (await through({ url: 'http://registry.example/v2/' })).text();
    const direct = await (await through({ url: `${server.url}/direct` })).text();

    expect([proxied, direct]).toEqual(['ok', 'direct']);
    expect(seen).toEqual(['GET http://registry.example/v2/ HTTP/1.1']);
    proxy.close();
  });
});

// Whose a worker is: it stands behind no proxy, so on a shared engine nothing else tells two hosts apart.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deploy, type FinishedDeploy } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const image = `registry.example:5000/shop@sha256:${'1'.repeat(64)}`;

describe('a worker', () => {
  let host: DoubleHost;
  const run = (inputs: Readonly<Record<string, string>>): Promise<FinishedDeploy> =>
    deploy(host, image, {
      inputs: { port: '', engine: host.engineSocket, settle: '1ms', 'health-interval': '10ms', ...inputs },
    });
  const outcome = async (inputs: Readonly<Record<string, string>>): Promise<unknown> =>
    (await run(inputs)).result.outputs['outcome'];

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop}}');
  });
  afterEach(() => host.close());

  it('is found again, whatever proxy the machine has', async () => {
    expect(await outcome({ 'proxy-socket': '/run/haproxy/admin.sock' })).toBe('deployed');
    expect(await outcome({ 'proxy-socket': '/run/haproxy/admin.sock' })).toBe('unchanged');
  });

  it('is another one beside another proxy that is named, also of two hosts that share an engine', async () => {
    const hosts = '[{name: one, proxy-socket: /one/proxy.sock}, {name: two, proxy-socket: /two/proxy.sock}]';

    const { result } = await run({ hosts });

    expect(result.failure).toBeUndefined();
    const labels = host.containers.map(({ body }) => body.Labels['io.headgate.proxy']);
    expect(labels).toEqual(['/one/proxy.sock#', '/two/proxy.sock#']);
    expect(await outcome({ hosts })).toBe('unchanged');
  });
});

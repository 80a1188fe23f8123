// The rehearsal's manners on a Docker engine that others use too, against an engine of a few lines on a socket.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp } from '@headgate/kit/http';
import { createFakeClock } from '@headgate/kit/testing/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectDocker, type ListedContainer } from '../../src/parts/docker.js';

const deps = { http: createHttp(), clock: createFakeClock() };
let folder = '';
const servers: { close(): unknown }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

interface FakeEngine {
  readonly address: string;
  readonly deleted: readonly string[];
}

async function engine(
  containers: readonly ListedContainer[],
  images: readonly string[],
  refuse: Readonly<Record<string, number>> = {},
  volumes: readonly object[] = [],
  lists: { broken: number } = { broken: 0 },
): Promise<FakeEngine> {
  const deleted: string[] = [];
  const listed = images.map((name) => ({ RepoTags: null, RepoDigests: [name] }));
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    if (request.method === 'DELETE') {
      const refused = refuse[path];
      if (refused === undefined) deleted.push(path.split('?', 1)[0] ?? '');
      response.writeHead(refused ?? 204).end();
    } else if (path === '/volumes') response.end(JSON.stringify({ Volumes: volumes }));
    else if (path === '/images/json' && lists.broken > 0) {
      lists.broken -= 1;
      response.writeHead(404).end('{"message":"content digest sha256:97: not found"}');
    } else response.end(JSON.stringify(path.startsWith('/containers/json') ? containers : listed));
  }).listen(join(folder, 'docker.sock'));
  servers.push(server);
  await once(server, 'listening');
  return { address: `unix://${join(folder, 'docker.sock')}`, deleted };
}

const container = (
  Id: string,
  Image: string,
  more: { readonly network?: string; readonly proxy?: string } = {},
): ListedContainer => ({
  Id,
  Names: [`/${Id}`],
  Image,
  ImageID: 'sha256:0',
  State: 'running',
  Labels: more.proxy === undefined ? {} : { 'io.headgate.proxy': more.proxy },
  NetworkSettings: { Networks: { [more.network ?? 'shop_default']: {} } },
});

const mine = '127.0.0.1:5001';
const other = '127.0.0.1:5002';

describe('at the end', () => {
  it('what came from the own registry goes, with its network', async () => {
    const { address, deleted } = await engine(
      [container('a', `${mine}/octo/shop@sha256:1`), container('b', 'postgres', { network: 'bridge' })],
      [`${mine}/octo/shop@sha256:1`, 'node:24'],
    );

    await connectDocker(deps, address).removeAll(mine);

    expect(deleted).toEqual([
      '/containers/a',
      '/networks/shop_default',
      `/images/${mine}/octo/shop@sha256:1`,
    ]);
  });

  it('a preview goes as a whole, with services of other images and its volumes', async () => {
    const labels = (number: string) => ({
      'io.headgate.preview': 'octo/shop#shop',
      'io.headgate.preview-number': number,
    });
    const part = (Id: string, Image: string, number: string): ListedContainer => ({
      ...container(Id, Image, { network: `pr-${number}-shop_default` }),
      Labels: labels(number),
    });
    const { address, deleted } = await engine(
      [
        part('a', `${mine}/octo/shop@sha256:1`, '1'),
        part('b', 'postgres', '1'),
        part('c', `${other}/octo/shop@sha256:1`, '2'),
      ],
      [],
      {},
      [
        { Name: 'pr-1-shop_data', Labels: labels('1') },
        { Name: 'pr-2-shop_data', Labels: labels('2') },
        { Name: 'somebodys', Labels: null },
      ],
    );

    await connectDocker(deps, address).removeAll(mine);

    expect(deleted.toSorted((one, other) => one.localeCompare(other))).toEqual([
      '/containers/a',
      '/containers/b',
      '/networks/pr-1-shop_default',
      '/volumes/pr-1-shop_data',
    ]);
  });

  it('the network stays while a container of another rehearsal has it, running or not', async () => {
    const { address, deleted } = await engine(
      [
        container('a', `${mine}/octo/shop@sha256:1`),
        { ...container('b', `${other}/octo/shop@sha256:1`), State: 'created' },
      ],
      [`${mine}/octo/shop@sha256:1`, `${other}/octo/shop@sha256:1`],
    );

    await connectDocker(deps, address).removeAll(mine);

    expect(deleted).toEqual(['/containers/a', `/images/${mine}/octo/shop@sha256:1`]);
  });

  it.each([403, 404, 409])('a network refused with %d is no reason to stop', async (status) => {
    const { address, deleted } = await engine(
      [container('a', `${mine}/octo/shop@sha256:1`)],
      [`${mine}/octo/shop@sha256:1`],
      { '/networks/shop_default': status },
    );

    await connectDocker(deps, address).removeAll(mine);

    expect(deleted).toEqual(['/containers/a', `/images/${mine}/octo/shop@sha256:1`]);
  });

  it('images are listed again when the list broke because somebody removed one meanwhile', async () => {
    const lists = { broken: 3 };
    const image = `${mine}/octo/shop@sha256:1`;
    const { address, deleted } = await engine([container('a', image)], [image], {}, [], lists);

    await connectDocker(deps, address).removeAll(mine);

    expect(lists.broken).toBe(0);
    expect(deleted).toContain(`/images/${image}`);
  });

  it('a list that stays broken is said with the engine’s words', async () => {
    const { address } = await engine([container('a', `${mine}/a@sha256:1`)], [], {}, [], { broken: 1_000 });

    await expect(connectDocker(deps, address).removeAll(mine)).rejects.toMatchObject({
      code: 'part-refused',
      message: expect.stringContaining('content digest sha256:97: not found'),
    });
  });

  it('an engine that fails is said', async () => {
    const { address } = await engine([container('a', `${mine}/octo/shop@sha256:1`)], [], {
      '/containers/a?force=true&v=true': 500,
    });

    await expect(connectDocker(deps, address).removeAll(mine)).rejects.toMatchObject({
      code: 'part-refused',
    });
  });
});

describe('at the beginning', () => {
  it('containers and images of a dead rehearsal go, those of a living one and of the real application stay', async () => {
    const alive = join(folder, 'headgate-aLiVe1', 'parts', 'proxy.sock');
    await mkdir(join(alive, '..'), { recursive: true });
    const proxy = createSocketServer().listen(alive);
    servers.push(proxy);
    await once(proxy, 'listening');
    const gone = join(folder, 'headgate-gone01', 'parts', 'proxy.sock');
    // Port 1 of loopback: nobody listens there.
    const dead = '127.0.0.1:1/octo/shop@sha256:1';
    const { address, deleted } = await engine(
      [
        container('dead', dead, { proxy: `${gone}#shop`, network: 'shop_default' }),
        container('alive', '127.0.0.1:2/octo/shop@sha256:1', {
          proxy: `${alive}#shop`,
          network: 'b_default',
        }),
        container('real', 'ghcr.io/octo/shop@sha256:1', {
          proxy: '/run/haproxy.sock#shop',
          network: 'c_default',
        }),
      ],
      [dead, '127.0.0.1:2/octo/shop@sha256:1', 'ghcr.io/octo/shop@sha256:1'],
    );

    const names = await connectDocker(deps, address).removeLeftovers();

    expect(names).toEqual(['dead']);
    expect(deleted).toEqual(['/containers/dead', '/networks/shop_default', `/images/${dead}`]);
  });

  it('nothing is touched on an engine that is not on this machine', async () => {
    const docker = connectDocker(deps, 'tcp://127.0.0.1:1');

    expect(await docker.removeLeftovers()).toEqual([]);
  });
});

describe('images by their id', () => {
  it('go one by one, and one that is held is no reason to stop', async () => {
    const { address, deleted } = await engine([], [], { '/images/sha256:a': 409 });

    await connectDocker(deps, address).removeImages(['sha256:a', 'sha256:b']);

    expect(deleted).toEqual(['/images/sha256:b']);
  });
});

describe('the image behind an endpoint', () => {
  it('is that of the container that answers there; null when none does, or the engine does not say', async () => {
    const image = '127.0.0.1:5000/shop@sha256:a';
    const { address } = await engine(
      [
        {
          ...container('web', image),
          Ports: [{ PublicPort: 4_001 }, {}],
          NetworkSettings: { Networks: { shop: { IPAddress: '' }, proxy: { IPAddress: '10.146.0.77' } } },
        },
      ],
      [],
    );
    const gone = connectDocker(deps, `unix://${join(folder, 'nobody.sock')}`);

    expect(await connectDocker(deps, address).imageAt('127.0.0.1:4001')).toBe(image);
    expect(await connectDocker(deps, address).imageAt('10.146.0.77:3000')).toBe(image);
    expect(await connectDocker(deps, address).imageAt('10.146.0.78:3000')).toBeNull();
    expect(await connectDocker(deps, address).imageAt('127.0.0.1:4002')).toBeNull();
    expect(await gone.imageAt('127.0.0.1:4001')).toBeNull();
  });
});

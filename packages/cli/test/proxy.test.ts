// `headgate proxy` on applications in real folders: one section a proxy, and nothing in it that its values do not allow.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-proxy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const target = (more: string): string =>
  `{compose: compose.yaml, service: web, image: shop, port: 3000, ${more}}`;

function configuration(integration: string, production = ''): string {
  const lines = [
    'application: shop',
    'images: {shop: {}}',
    'environments:',
    '  integration:',
    '    branch: development',
    `    targets: {web: ${integration}}`,
  ];
  if (production !== '') {
    lines.push('  production:', '    branch: production', `    targets: ${production}`);
    lines.push('    approval: {groups: {all: {members: [ada], quorum: 1}}}');
  }
  return `${lines.join('\n')}\n`;
}

async function proxy(text: string, ...options: string[]) {
  await writeFile(join(folder, 'headgate.yml'), text);
  await writeFile(join(folder, 'compose.yaml'), 'services: {web: {image: shop}}\n');
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
  const host = testHost({ directory: folder });
  const code = await run(['proxy', ...options], host);
  return { code, out: host.output(), errors: host.errors() };
}

const local = target('instances: 2, proxy: {socket: /run/haproxy/admin.sock, backend: shop}');

describe('headgate proxy', () => {
  it('prints the section alone, and on standard error how to install it', async () => {
    const { code, out, errors } = await proxy(configuration(local), '--listen', 'shop=:80');

    expect(code).toBe(0);
    expect(out).toMatch(/^# shop in integration\./);
    expect(out).toContain('  bind :80');
    expect(out).toContain('  server-template slot 1-6 slot.invalid:9 check disabled');
    expect(out).toContain('  setenv HEADGATE_STATE:shop /var/lib/headgate/shop.state');
    expect(errors).toContain('EXTRAOPTS="-S /run/haproxy-master.sock -f /etc/haproxy/headgate"');
    expect(errors).not.toContain('No frontend');
  });

  it('leaves the frontend to the user, and says so', async () => {
    const { out, errors } = await proxy(configuration(local), '--state-directory', '/srv/state');

    expect(out).not.toContain('frontend');
    expect(out).toContain('  server-state-file-name /srv/state/shop.state');
    expect(errors).toContain('No frontend leads to shop: give one an address with --listen shop=:80');
  });

  it('tells A and B apart by a header or a cookie', async () => {
    const { out, errors } = await proxy(configuration(local), '--ab', 'shop=cookie:variant');

    expect(out).toContain('http-request set-var-fmt(txn.ab) cookie:variant=%[req.cook(variant)]/%[rand(16)]');
    expect(errors).toContain('install -m 644 /dev/null /etc/haproxy/shop-ab.map');
  });

  it.each([
    [
      '{type: ab, header: X-Variant, value: b, for: 1h}',
      'header:X-Variant=%[req.hdr(X-Variant)]',
      '/etc/haproxy/shop-ab.map',
    ],
    [
      '{type: ab, cookie: kind, value: b, for: 1h, map: /srv/ab.map}',
      'cookie:kind=%[req.cook(kind)]',
      '/srv/ab.map',
    ],
  ])('does so by itself for the strategy %s', async (strategy, told, map) => {
    const { out, errors } = await proxy(
      configuration(
        target(
          `instances: 2, proxy: {socket: /run/haproxy/admin.sock, backend: shop}, strategy: ${strategy}`,
        ),
      ),
    );

    expect(out).toContain(`http-request set-var-fmt(txn.ab) ${told}/%[rand(16)]`);
    expect(out).toContain(`map(${map})`);
    expect(errors).toContain(`install -m 644 /dev/null ${map}`);
  });

  it('looks for a map where a variable says it is', async () => {
    const strategy =
      'strategy: {type: ab, header: X-Variant, value: b, for: 1h, map: {var: AB_MAP, default: /srv/ab.map}}';
    const text = configuration(
      target(`instances: 2, proxy: {socket: /run/haproxy/admin.sock, backend: shop}, ${strategy}`),
    );

    expect((await proxy(text)).out).toContain('map(/srv/ab.map)');
    expect((await proxy(text, '--var', 'AB_MAP=/srv/other.map')).out).toContain('map(/srv/other.map)');
    const without = text.replace(', default: /srv/ab.map', '');
    expect((await proxy(without)).errors).toContain(
      'strategy.map is the variable AB_MAP, which has no default',
    );
    expect((await proxy(without, '--var', 'AB_MAP=ab.map')).errors).toContain('an absolute path');
  });

  it('takes the command line’s word for what A and B are told apart by', async () => {
    const strategy = 'strategy: {type: ab, header: X-Variant, value: b, for: 1h}';
    const text = configuration(
      target(`instances: 2, proxy: {socket: /run/haproxy/admin.sock, backend: shop}, ${strategy}`),
    );

    const { out } = await proxy(text, '--ab', 'shop=cookie:kind');

    expect(out).toContain('cookie:kind=');
    expect(out).not.toContain('X-Variant');
  });

  it('writes a file for each environment, and for each host that has a proxy of its own', async () => {
    const hosts =
      'hosts: [{name: one, ssh: {host: a@b, known-hosts: b ssh-ed25519 AAAA}}, {name: two, ssh: {host: a@c, known-hosts: c ssh-ed25519 AAAA}, proxy: {socket: /run/edge.sock}}]';
    const web = target(
      `transport: ssh, proxy: {socket: {var: SOCKET}, backend: shop-live}, ${hosts}, health: {path: /up, interval: 10ms}`,
    );
    const second = target('proxy: {socket: {var: SOCKET}, backend: shop-live}, instances: 40');
    const text = configuration(local, `{web: ${web}, more: ${second}}`);

    const { code, out, errors } = await proxy(text, '--out', '.', '--var', 'SOCKET=/run/p.sock');

    expect(errors).not.toMatch(/headgate:/);
    expect(code).toBe(0);
    const written = ['shop-integration.cfg', 'shop-production-two.cfg', 'shop-production.cfg'];
    expect((await readdir(folder)).filter((name) => name.endsWith('.cfg')).sort()).toEqual(written);
    expect(out.trim().split('\n').sort()).toEqual(written);
    const shared = await readFile(join(folder, 'shop-production.cfg'), 'utf8');
    expect(shared.match(/^backend /gm)).toHaveLength(1);
    expect(shared).toContain('slot 1-82');
    expect(shared).toContain('stats socket /run/p.sock');
    const own = await readFile(join(folder, 'shop-production-two.cfg'), 'utf8');
    expect(own).toContain('stats socket /run/edge.sock');
    expect(own).toContain('  option httpchk GET /up\n');
    expect(own).toContain('inter 100ms');
  });

  it.each([
    [['--environment', 'integraton'], 'Did you mean integration?'],
    [['--listen', 'shp=:80'], 'Did you mean shop?'],
    [['--listen', ':80'], '--listen takes BACKEND=ADDRESS'],
    [['--listen', 'shop=:80\n  acl x'], 'the address of the proxy'],
    [['--ab', 'shop=X-Variant'], 'shop=header:X-Variant'],
    [['--ab', 'shop=header:a b'], 'a header of letters'],
    [['--ab', 'web=header:a'], 'unknown backend web'],
    [['--state-directory', 'relative'], 'an absolute path'],
    [['--state-directory', '/a\nglobal'], 'an absolute path'],
    [['--out', 'nowhere'], 'the folder cannot be written to'],
    [['nowhere'], 'cannot be read'],
  ])('refuses %j', async (options, message) => {
    const { code, out, errors } = await proxy(configuration(local), ...options);

    expect(code).toBe(2);
    expect(errors).toContain(message);
    expect(out).toBe('');
  });

  it('names the variable that is needed, and what cannot be a socket or a backend', async () => {
    const text = configuration(
      target('proxy: {socket: {var: SOCKET}, backend: {var: BACKEND, default: shop}}'),
    );

    expect((await proxy(text)).errors).toContain('--var SOCKET=/run/haproxy/admin.sock');
    for (const bad of ['SOCKET=run/x', 'SOCKET=/run/x y', 'BACKEND=a\nb']) {
      const { code, out } = await proxy(text, '--var', 'SOCKET=/run/p.sock', '--var', bad);
      expect(code).toBe(2);
      expect(out).toBe('');
    }
  });

  it('says that there is nothing to set up for workers alone', async () => {
    const worker = '{compose: compose.yaml, service: web, image: shop}';

    expect((await proxy(configuration(worker))).errors).toContain('no target of integration has a proxy');
  });
});

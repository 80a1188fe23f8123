// What names a version, and what a container of it is made from.
import { describe, expect, it } from '@jest/globals';
import { readService } from '../src/compose.js';
import { createBody, type Reach, revisionOf, type Version } from '../src/container.js';
import { negotiate } from '../src/engine.js';
import { logLines } from '../src/engine-words.js';
import { shorten } from '../src/github-deployment.js';
import { readHands, writeHands } from '../src/hand-state.js';
import { parseImage } from '../src/image.js';

const text = 'services: {web: {image: x, environment: {A: b}, restart: always, user: "1"}}';
const service = await readService({
  name: 'c.yaml',
  text,
  service: 'web',
  project: 'shop',
  vars: new Map(),
  readFile: () => Promise.resolve(null),
});
const digest = `sha256:${'1'.repeat(64)}`;
const parts = {
  service,
  digest,
  secrets: new Map([['TOKEN', 'secret value']]),
  containerPort: 3000,
  reach: 'port' as Reach,
  salt: 'salt',
};

const file = { target: '/app', content: 'YQ==', isSecret: false, uid: 0, gid: 0, mode: 0o444 };

describe('a revision', () => {
  it('is the same for the same parts and short enough to print', () => {
    expect(revisionOf({ ...parts, forcedBy: '' })).toMatch(/^[0-9a-f]{16}$/);
    expect(revisionOf({ ...parts, forcedBy: '' })).toBe(revisionOf({ ...parts, forcedBy: '' }));
  });

  it('stays when only what must run before it changes, or how many there are', () => {
    const others = {
      ...service,
      scale: 3,
      needs: [{ service: 'db', until: 'healthy', required: true } as const],
    };
    expect(revisionOf({ ...parts, service: others, forcedBy: '' })).toBe(
      revisionOf({ ...parts, forcedBy: '' }),
    );
  });

  it.each([
    ['digest', { digest: `sha256:${'2'.repeat(64)}` }],
    ['environment', { service: { ...service, environment: { A: 'c' } } }],
    ['labels', { service: { ...service, labels: { a: 'b' } } }],
    ['command', { service: { ...service, command: ['node'] } }],
    ['secret', { secrets: new Map([['TOKEN', 'other value']]) }],
    ['port', { containerPort: 3001 }],
    ['reach', { reach: 'address' as const }],
    ['salt', { salt: 'pepper' }],
    ['config', { service: { ...service, files: [file] } }],
    ['networks', { service: { ...service, networks: [{ ...service.networks[0], name: 'other' }] as const } }],
    ['force', { forcedBy: '1000.1' }],
  ])('changes with its %s', (_, change) => {
    expect(revisionOf({ ...parts, forcedBy: '', ...change })).not.toBe(
      revisionOf({ ...parts, forcedBy: '' }),
    );
  });
});

it('a container gets its own loopback port, the project’s network, both kinds of labels, and secrets only as environment', () => {
  const version: Version = { ...parts, image: `r.example/shop@${digest}`, revision: 'abc', release: '1.2.0' };
  const identity = {
    application: 'shop',
    environment: 'staging',
    target: 'host-1',
    service: 'web',
    proxy: '/run/proxy.sock#web',
  };

  const body = createBody(version, { identity, ordinal: 2, slot: 'web3', port: 20_001 });

  expect(body).toMatchObject({
    Image: `r.example/shop@${digest}`,
    User: '1',
    Env: ['A=b', 'TOKEN=secret value'],
    HostConfig: {
      PortBindings: { '3000/tcp': [{ HostIp: '127.0.0.1', HostPort: '20001' }] },
      RestartPolicy: { Name: 'always' },
      NetworkMode: 'shop_default',
    },
    Labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      'com.docker.compose.container-number': '2',
      'com.docker.compose.config-hash': 'abc',
      'io.headgate.slot': 'web3',
      'io.headgate.revision': 'abc',
      'io.headgate.target': 'host-1',
    },
  });
  expect(JSON.stringify(body['Labels'])).not.toContain('secret value');
});

describe('an image', () => {
  it.each([
    [`ghcr.io/acme/shop@${digest}`, 'ghcr.io'],
    [`127.0.0.1:5000/shop:1.2@${digest}`, '127.0.0.1:5000'],
    [`localhost/shop@${digest}`, 'localhost'],
    [`acme/shop@${digest}`, 'docker.io'],
  ])('%s comes from %s', (reference, registry) => {
    expect(parseImage(reference)).toMatchObject({
      registry,
      digest,
      reference: reference.replace(':1.2@', '@'),
    });
  });

  it.each([
    'shop',
    'shop:latest',
    'shop@sha256:12',
    `UPPER/shop@${digest}`,
    `a b@${digest}`,
    `-x@${digest}`,
    '',
  ])('%j is refused', (reference) =>
    expect(() => parseImage(reference)).toThrow(expect.objectContaining({ code: 'image-without-digest' })),
  );
});

describe('the engine’s version', () => {
  it.each([
    ['1.41', '1.12', '1.41'],
    ['1.45', '1.24', '1.45'],
    ['1.52', '1.44', '1.47'],
  ])('%s, at least %s: %s is spoken', (theirs, oldest, spoken) =>
    expect(negotiate(theirs, oldest)).toBe(spoken),
  );

  it.each([
    ['1.40', '1.12'],
    ['1.60', '1.50'],
    ['', ''],
  ])('%s, at least %s: refused', (theirs, oldest) => {
    expect(() => negotiate(theirs, oldest)).toThrow(expect.objectContaining({ code: 'engine-refused' }));
  });
});

it('reads the log lines of a container with and without a terminal', () => {
  const frame = (stream: number, words: string): Buffer => {
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(Buffer.byteLength(words), 4);
    return Buffer.concat([header, Buffer.from(words)]);
  };

  expect(logLines(Buffer.concat([frame(1, 'one\nt'), frame(2, 'wo\r\nthree')]))).toEqual([
    'one',
    'two',
    'three',
  ]);
  expect(logLines(Buffer.from('one\r\ntwo\n'))).toEqual(['one', 'two']);
  expect(logLines(Buffer.alloc(0))).toEqual([]);
});

it('keeps a status description within GitHub’s 140 characters', () => {
  expect(shorten('a  b\nc')).toBe('a b c');
  expect(shorten('x'.repeat(141))).toHaveLength(140);
});

it('gives the post step the hand that the main step kept, and refuses anything else', () => {
  const instance = {
    id: 'a',
    name: 'a',
    revision: 'r',
    digest,
    createdAt: 0,
    startedAt: 0,
    running: true,
    restarts: 0,
    traffic: 'in' as const,
  };
  const hand = { former: [instance], fresh: [], stopping: ['a'], condemned: null };

  const hands = new Map([['a.example', hand]]);
  expect(readHands(writeHands(hands))).toEqual(hands);
  expect(readHands(writeHands(new Map()))).toEqual(new Map());
  for (const text of ['{"a":{"former":[1]}}', '{}', '[]', 'null', '1']) {
    expect(() => readHands(text)).toThrow('not readable');
  }
});

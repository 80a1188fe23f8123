// Known secrets are found in every encoding and every hiding place; what is not there is never found.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { layerVisibility } from '../src/layer-visibility.js';
import { createSecretSearch, type SecretSearch } from '../src/secret-search.js';
import { entry, layer, whiteout } from './layer-entries.js';
import { type TarFile, tarArchive } from './tar-archive.js';

const value = 'tok/en+é & "7Fq2<xR';
const lineValue = `-----BEGIN TEST KEY-----\n${value}\nshort\n-----END TEST KEY-----\n`;
const nothingHidden = (): boolean => false;

const encodings: readonly (readonly [string, (secret: string) => string])[] = [
  ['raw', (secret) => secret],
  ['base64 at offset 0', (secret) => Buffer.from(`${secret} tail`).toString('base64')],
  ['base64 at offset 1', (secret) => Buffer.from(`:${secret} tail`).toString('base64')],
  ['base64 at offset 2', (secret) => Buffer.from(`a:${secret} tail`).toString('base64url')],
  ['URL', (secret) => encodeURIComponent(secret)],
  ['hex', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
  ['JSON', (secret) => JSON.stringify({ secret })],
  ['a line of several', (secret) => `x ${secret} y`],
];

const hidingPlaces: readonly (readonly [string, (search: SecretSearch, text: string) => void])[] = [
  ['a file', (search, text) => searchLayer(search, [{ path: 'app/settings', content: `a=${text}\n` }])],
  ['a compressed file', (search, text) => searchLayer(search, [{ path: 'a.gz', content: gzipSync(text) }])],
  ['the environment', (search, text) => search.document('config', config({ Env: [`TOKEN=${text}`] }))],
  ['a label', (search, text) => search.document('config', config({ Labels: { made: text } }))],
  [
    'the history of a build argument',
    (search, text) =>
      search.document('config', JSON.stringify({ history: [{ created_by: `RUN |1 T=${text} /bin/sh` }] })),
  ],
  [
    'provenance',
    (search, text) =>
      search.document(
        'provenance',
        JSON.stringify({ predicate: { invocation: { parameters: { args: text } } } }),
      ),
  ],
];

describe('a known secret', () => {
  const cases = encodings.flatMap(([encoding, encode]) =>
    hidingPlaces.map(([place, hide]) => ({ encoding, encode, place, hide })),
  );

  it.each(cases)('as $encoding in $place is found, and not shown', ({ encoding, encode, hide }) => {
    const secret = encoding === 'a line of several' ? lineValue : value;
    const search = createSecretSearch([{ name: 'npm', value: secret }]);

    hide(search, encode(value));

    const finds = search.finds(nothingHidden);
    expect(new Set(finds.map((find) => find.secret))).toEqual(new Set(['npm']));
    expect(JSON.stringify(finds)).not.toContain(JSON.stringify(value).slice(1, -1));
  });

  it('that is not there is not found', () => {
    const search = createSecretSearch([{ name: 'npm', value: 'another-value-of-it' }]);
    for (const [, encode] of encodings) for (const [, hide] of hidingPlaces) hide(search, encode(value));

    expect(search.finds(nothingHidden)).toEqual([]);
  });
});

describe('a find', () => {
  it('names layer, file and encodings, and says that a later layer deletes the file (S1)', () => {
    const layers = [layer([entry('app/.npmrc')]), layer([whiteout('app/.npmrc')])];
    const search = createSecretSearch([{ name: 'npm', value: 'token-of-the-job' }]);
    const content = `token-of-the-job ${Buffer.from('token-of-the-job').toString('hex')}`;
    searchLayer(
      search,
      [
        { path: 'other', content: 'x' },
        { path: 'app/.npmrc', content },
      ],
      layers[0]?.digest,
    );

    const finds = search.finds((index, path) => layerVisibility(layers).isHidden(index, path));

    expect(finds).toEqual([
      {
        secret: 'npm',
        encodings: ['raw', 'hex'],
        place: {
          kind: 'layer',
          layer: layers[0]?.digest ?? '',
          layerIndex: 0,
          path: 'app/.npmrc',
          hidden: true,
          gzip: false,
        },
      },
    ]);
  });

  it('points at the text of a document (S2)', () => {
    const search = createSecretSearch([{ name: 'a/b', value: 'quo"ted value' }]);
    search.document('config', config({ Labels: { 'x/y~z': 'has quo"ted value' } }));

    expect(search.finds(nothingHidden).map(({ place }) => place)).toEqual([
      { kind: 'document', document: 'config', pointer: '/config/Labels/x~1y~0z' },
    ]);
  });

  it('has no pointer in a text that is no JSON', () => {
    const search = createSecretSearch([{ name: 'a', value: 'secret-of-mine' }]);
    search.document('sbom', '{ not json: secret-of-mine');

    expect(search.finds(nothingHidden)[0]?.place).toEqual({
      kind: 'document',
      document: 'sbom',
      pointer: null,
    });
  });

  it('shows no value that is the name of a file or a key', () => {
    const search = createSecretSearch([{ name: 'a', value: 'secret-of-mine' }]);
    searchLayer(search, [{ path: 'app/secret-of-mine.txt', content: '' }]);
    search.document('config', config({ Labels: { 'secret-of-mine': 'x' } }));

    const shown = JSON.stringify(search.finds(nothingHidden));
    expect(shown).toContain('app/***.txt');
    expect(shown).not.toContain('secret-of-mine');
  });

  it.each<readonly [string, string, string]>([
    ['.git/config', 'S3', basicHeader('job-token-value')],
    ['root/.npmrc', 'S4', '//registry.npmjs.org/:_authToken=job-token-value'],
    ['root/.netrc', 'S4', 'machine github.com login x password job-token-value'],
    ['app/.env', 'S4', 'TOKEN=job-token-value'],
    ['root/.docker/config.json', 'S4', `{"auths":{"a":{"auth":"${base64('u:job-token-value')}"}}}`],
    ['root/.kube/config', 'S4', `token: ${base64('job-token-value')}`],
  ])('is made in %s (%s)', (path, _, content) => {
    const search = createSecretSearch([{ name: 'job', value: 'job-token-value' }]);
    searchLayer(search, [{ path, content }]);

    expect(
      search.finds(nothingHidden).map(({ place }) => (place.kind === 'layer' ? place.path : '')),
    ).toEqual([path]);
  });

  it('names the compressed file, one level deep (S5)', () => {
    const search = createSecretSearch([{ name: 'job', value: 'job-token-value' }]);
    const twice = gzipSync(gzipSync('job-token-value'));
    searchLayer(search, [
      { path: 'first.gz', content: gzipSync('nothing in here') },
      { path: 'second.gz', content: gzipSync(`${'x'.repeat(300_000)}job-token-value`) },
      { path: 'twice.gz', content: twice },
      { path: 'cut.gz', content: gzipSync('job-token-value').subarray(0, 12) },
    ]);

    expect(search.finds(nothingHidden).map(({ place }) => place)).toMatchObject([
      { path: 'second.gz', gzip: true },
    ]);
    expect(search.limited).toEqual([]);
  });

  it('is not looked for beyond the limits of compressed files, and that is said', () => {
    const limits = { member: 1_000_000, total: 10_000_000 };
    const search = createSecretSearch([{ name: 'job', value: 'job-token-value' }], limits);
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    searchLayer(search, [{ path: 'bomb.gz', content: bomb }], 'sha256:b');

    expect(search.limited).toEqual(['sha256:b']);
  });

  it.each([
    ['whole, with its line breaks escaped', JSON.stringify({ key: lineValue })],
    ['by one line', `key: |\n    ${value}\n`],
    ['with other line ends', lineValue.replaceAll('\n', '\r\n')],
  ])('is made of a value with several lines %s (S6)', (_, content) => {
    const search = createSecretSearch([{ name: 'key', value: lineValue }]);
    searchLayer(search, [{ path: 'key', content }]);

    expect(search.finds(nothingHidden)).toHaveLength(1);
  });

  it('is not made of lines that are short or that every key has (S6)', () => {
    const search = createSecretSearch([{ name: 'key', value: lineValue }]);
    searchLayer(search, [
      { path: 'key', content: 'short -----BEGIN TEST KEY-----\nabc\n-----END TEST KEY-----' },
    ]);

    expect(search.finds(nothingHidden)).toEqual([]);
  });

  it('is not made of what else a document of credentials holds', () => {
    const secret = JSON.stringify(
      { type: 'service_account', project_id: 'shop-production', private_key: 'MIIEvQIBADANBgkq' },
      null,
      2,
    );
    const search = createSecretSearch([{ name: 'cloud', value: secret }]);
    searchLayer(search, [{ path: 'app/settings.json', content: '  "project_id": "shop-production",' }]);
    expect(search.finds(nothingHidden)).toEqual([]);

    searchLayer(search, [{ path: 'app/copy.json', content: '"private_key": "MIIEvQIBADANBgkq"' }]);
    expect(search.finds(nothingHidden)).toHaveLength(1);
  });

  it('is made although the value ends in a line break that the file lacks (S7)', () => {
    const search = createSecretSearch([{ name: 'a', value: 'secret-of-mine\n' }]);
    searchLayer(search, [{ path: 'x', content: 'a secret-of-mine b' }]);

    expect(search.finds(nothingHidden)).toHaveLength(1);
  });

  it('is not made where the value was mounted only (S8)', () => {
    const search = createSecretSearch([{ name: 'npm', value: 'job-token-value' }]);
    searchLayer(search, [{ path: 'app/node_modules/a/index.js', content: 'module.exports = 1;' }]);
    search.document(
      'config',
      JSON.stringify({ history: [{ created_by: 'RUN /bin/sh -c npm ci # --mount=type=secret,id=npm' }] }),
    );

    expect(search.finds(nothingHidden)).toEqual([]);
  });
});

describe('a value', () => {
  it.each([
    ['true', 'it is shorter than 8 characters'],
    ['', 'it is empty'],
    ['  \n', 'it is empty'],
    ['production', 'it is a common text'],
    ['********', 'it is a common text'],
    ['https://registry.npmjs.org/', 'it is a common text'],
  ])('%j is skipped with a notice (S9)', (common, reason) => {
    const search = createSecretSearch([{ name: 'flag', value: common }]);
    searchLayer(search, [{ path: 'x', content: `a ${common} b` }]);

    expect(search.skipped).toEqual([{ secret: 'flag', reason }]);
    expect(search.idle).toBe(true);
    expect(search.finds(nothingHidden)).toEqual([]);
  });

  it('that two secrets share is found for both', () => {
    const search = createSecretSearch(['a', 'b'].map((name) => ({ name, value: 'secret-of-mine' })));
    searchLayer(search, [{ path: 'x', content: 'secret-of-mine' }]);

    expect(search.finds(nothingHidden).map(({ secret }) => secret)).toEqual(['a', 'b']);
  });
});

function searchLayer(search: SecretSearch, files: readonly TarFile[], digest = 'sha256:a'): void {
  const { bytes, locate } = tarArchive(files);
  const stream = search.layer({ digest, index: 0 });
  for (let at = 0; at < bytes.length; at += 1000) stream.push(bytes.subarray(at, at + 1000));
  stream.end(locate);
}

function config(members: Record<string, unknown>): string {
  return JSON.stringify({ config: members });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function basicHeader(token: string): string {
  return `[http]\n  extraheader = AUTHORIZATION: basic ${base64(`x-access-token:${token}`)}\n`;
}

// Two accounts of one run: agreement, every kind of disagreement, and builders that made nothing.
import { describe, expect, it } from '@jest/globals';
import { type ManifestBuild, parseManifest } from '../src/manifest.js';
import { type Accounts, reconcile } from '../src/reconcile.js';
import type { StreamArtifact } from '../src/stream.js';

const image = 'sha256:bb3e';
const artifact = (id: string, files: readonly string[] = []): StreamArtifact => ({
  builderId: 'x',
  id,
  description: '',
  files,
});
const build = (type: string, name: string, more: Partial<ManifestBuild> = {}): ManifestBuild => ({
  name,
  type,
  artifactId: image,
  files: [],
  run: 'now',
  ...more,
});
const accounts = (more: Partial<Accounts> = {}): Accounts => ({
  stream: new Map([
    ['docker.app', [artifact(image)]],
    ['shop.file.notes', [artifact('File', ['a.txt'])]],
  ]),
  ended: new Set(['docker.app', 'shop.file.notes']),
  manifest: {
    lastRun: 'now',
    builds: [
      build('docker', 'app', { run: 'before', artifactId: 'sha256:old' }),
      build('docker', 'app'),
      build('file', 'notes', { artifactId: 'File', files: ['a.txt'] }),
    ],
  },
  earlier: new Set(['before']),
  expected: [],
  ...more,
});

describe('reconciling', () => {
  it('takes what both tell, of this run only', () => {
    expect(reconcile(accounts())).toMatchObject([
      { builder: 'docker.app', type: 'docker', artifactId: image, files: [] },
      { builder: 'shop.file.notes', type: 'file', artifactId: 'File', files: ['a.txt'] },
    ]);
  });

  it('knows the builders of JSON templates by their names alone', () => {
    const stream = new Map([['one', [artifact('Null')]]]);
    const manifest = { lastRun: 'now', builds: [build('null', 'one', { artifactId: 'Null' })] };

    expect(reconcile(accounts({ stream, manifest, ended: new Set(['one']) }))).toMatchObject([
      { builder: 'one' },
    ]);
  });

  it('lets a later post-processor report more than the manifest saw', () => {
    const stream = new Map([['docker.app', [artifact(image), artifact('acme/app:1.0')]]]);
    const manifest = { lastRun: 'now', builds: [build('docker', 'app')] };

    expect(reconcile(accounts({ stream, manifest, ended: new Set(['docker.app']) }))).toHaveLength(1);
  });

  const lists = (...builds: readonly ManifestBuild[]): Partial<Accounts> => ({
    manifest: { lastRun: 'now', builds },
  });
  it.each<[string, Partial<Accounts>, string, string]>([
    ['an old manifest', { earlier: new Set(['now']) }, 'manifest-mismatch', 'no entry of this run'],
    ['a lost entry', lists(build('docker', 'app')), 'manifest-mismatch', 'shop.file.notes'],
    [
      'another id',
      lists(build('docker', 'app', { artifactId: 'sha256:ff' })),
      'manifest-mismatch',
      'docker.app',
    ],
    [
      'other files',
      lists(build('docker', 'app'), build('file', 'notes', { artifactId: 'File', files: ['b.txt'] })),
      'manifest-mismatch',
      'shop.file.notes',
    ],
    [
      'an entry nobody reported',
      lists(
        build('docker', 'app'),
        build('file', 'notes', { artifactId: 'File', files: ['a.txt'] }),
        build('null', 'extra', { artifactId: 'Null' }),
      ),
      'manifest-mismatch',
      'null.extra',
    ],
    [
      'a builder that made nothing',
      { ended: new Set(['docker.app', 'null.quiet']) },
      'builders-missing',
      'null.quiet',
    ],
    [
      'an expected builder that did not run',
      { expected: ['docker.app', 'docker.other'] },
      'builders-missing',
      'docker.other',
    ],
  ])('refuses %s by name', (_, more, code, named) => {
    expect(() => reconcile(accounts(more))).toThrow(expect.objectContaining({ code }));
    expect(() => reconcile(accounts(more))).toThrow(named);
  });
});

describe('a manifest', () => {
  it.each([
    '',
    '[]',
    '{}',
    '{"builds": 1, "last_run_uuid": "x"}',
    '{"builds": [null], "last_run_uuid": "x"}',
    '{"builds": [{"name": 1}], "last_run_uuid": "x"}',
  ])('of the form %j is refused', (text) => {
    expect(() => parseManifest(text, 'm.json')).toThrow(
      expect.objectContaining({ code: 'manifest-unreadable' }),
    );
  });

  it('without files is read', () => {
    const text = JSON.stringify({
      builds: [{ name: 'a', builder_type: 'null', files: null, artifact_id: 'Null', packer_run_uuid: 'u' }],
      last_run_uuid: 'u',
    });
    expect(parseManifest(text, 'm.json')).toEqual({
      lastRun: 'u',
      builds: [{ name: 'a', type: 'null', artifactId: 'Null', files: [], run: 'u' }],
    });
  });
});

// The argv of a build: every input in its place, and no way to smuggle an option in.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BuildSource, buildArguments } from '../src/build-command.js';

const source: BuildSource = {
  context: '/w',
  file: '/w/Dockerfile',
  buildArgs: new Map(),
  buildContexts: new Map(),
  network: '',
  platforms: [],
  labels: new Map(),
  secretFiles: [],
};
const image = { kind: 'image', target: '', layout: '/t/layout', metadataFile: '/t/m.json' } as const;
const fixed = [
  'buildx',
  'build',
  '--progress=rawjson',
  '--provenance=false',
  '--sbom=false',
  '--file=/w/Dockerfile',
];
const output = [
  '--output=type=oci,dest=/t/layout,tar=false,rewrite-timestamp=true',
  '--metadata-file=/t/m.json',
  '/w',
];

describe('buildArguments', () => {
  it.each<[string, Partial<BuildSource>, readonly string[]]>([
    ['nothing given', {}, []],
    ['platforms', { platforms: ['linux/amd64', 'linux/arm64'] }, ['--platform=linux/amd64,linux/arm64']],
    ['network', { network: 'host' }, ['--network=host']],
    [
      'build arguments',
      {
        buildArgs: new Map([
          ['A', '1=2'],
          ['B', ''],
        ]),
      },
      ['--build-arg=A=1=2', '--build-arg=B='],
    ],
    ['contexts', { buildContexts: new Map([['certs', '/etc/ssl']]) }, ['--build-context=certs=/etc/ssl']],
    ['labels', { labels: new Map([['a.b', 'c d']]) }, ['--label=a.b=c d']],
    ['secrets', { secretFiles: [{ id: 'npm', path: '/t/secret-0' }] }, ['--secret=id=npm,src=/t/secret-0']],
    [
      'a path with a comma',
      { secretFiles: [{ id: 'npm', path: '/t,"/s' }] },
      ['--secret=id=npm,"src=/t,""/s"'],
    ],
  ])('%s', (_what, given, expected) => {
    expect(buildArguments({ ...source, ...given }, image)).toEqual([...fixed, ...expected, ...output]);
  });

  it('keeps nothing of a gate and labels nothing in it', () => {
    const labels = new Map([['a', 'b']]);

    expect(buildArguments({ ...source, labels }, { kind: 'gate', target: 'test' })).toEqual([
      ...fixed,
      '--target=test',
      '--output=type=cacheonly',
      '/w',
    ]);
  });

  it('turns no value into an option of its own', () => {
    const text = fc.string();
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z]{1,5}$/), text), text, (args, label) => {
        const argv = buildArguments(
          { ...source, buildArgs: new Map(Object.entries(args)), labels: new Map([['l', label]]) },
          image,
        );
        expect(argv).toHaveLength(fixed.length + output.length + Object.keys(args).length + 1);
        for (const [name, value] of Object.entries(args))
          expect(argv).toContain(`--build-arg=${name}=${value}`);
      }),
    );
  });
});

// The argv of a build: every input in its place, and no way to smuggle an option in.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BuildGoal, type BuildSource, buildArguments } from '../src/build-command.js';
import { type BuildOptions, noOptions } from '../src/build-options.js';

const source: BuildSource = {
  context: '/w',
  file: '/w/Dockerfile',
  buildArgs: new Map(),
  buildContexts: new Map(),
  network: '',
  platforms: [],
  labels: new Map(),
  secretFiles: [],
  options: noOptions,
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

  it.each<[keyof BuildOptions, unknown, readonly string[]]>([
    ['addHosts', ['docker:10.0.0.1', 'v6=::1'], ['--add-host=docker:10.0.0.1', '--add-host=v6=::1']],
    ['allow', ['network.host'], ['--allow=network.host']],
    ['annotations', ['index:a=b, c'], ['--annotation=index:a=b, c']],
    [
      'cacheFrom',
      ['type=gha,scope=x', 'user/app:cache'],
      ['--cache-from=type=gha,scope=x', '--cache-from=user/app:cache'],
    ],
    ['cacheTo', ['type=gha,mode=max'], ['--cache-to=type=gha,mode=max']],
    ['cgroupParent', '/docker', ['--cgroup-parent=/docker']],
    ['noCache', true, ['--no-cache']],
    ['noCacheFilters', ['deps'], ['--no-cache-filter=deps']],
    ['pull', true, ['--pull']],
    ['shmSize', '2g', ['--shm-size=2g']],
    ['ssh', ['default', 'git=/s'], ['--ssh=default', '--ssh=git=/s']],
    ['ulimit', ['nofile=1:2'], ['--ulimit=nofile=1:2']],
  ])('%s', (name, value, expected) => {
    const options: BuildOptions = { ...noOptions, [name]: value };

    expect(buildArguments({ ...source, options }, image)).toEqual([...fixed, ...expected, ...output]);
  });

  it('names the builder before all else', () => {
    const argv = buildArguments({ ...source, options: { ...noOptions, builder: 'remote' } }, image);

    expect(argv.slice(0, 4)).toEqual(['buildx', 'build', '--builder=remote', '--progress=rawjson']);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['provenance', ['type=provenance,mode=min'], ['--sbom=false', '--attest=type=provenance,mode=min']],
    ['an SBOM', ['type=sbom'], ['--provenance=false', '--attest=type=sbom']],
    [
      'both',
      ['type=provenance,mode=max', 'type=sbom,generator=x'],
      ['--attest=type=provenance,mode=max', '--attest=type=sbom,generator=x'],
    ],
  ])('asks for %s on the image, and never on a gate', (_what, attestations, expected) => {
    const options = { ...noOptions, attestations };
    const of = (goal: BuildGoal): readonly string[] =>
      buildArguments({ ...source, options }, goal).filter((arg) => /^--(?:attest|provenance|sbom)/.test(arg));

    expect(of(image)).toEqual(expected);
    expect(of({ kind: 'gate', target: 'test' })).toEqual(['--provenance=false', '--sbom=false']);
  });

  it('takes a further copy out of the cache: nothing may build it anew or export the cache again', () => {
    const options = { ...noOptions, noCache: true, pull: true, cacheTo: ['type=gha'], noCacheFilters: ['a'] };
    const outputs = ['type=docker,name=a:b', 'type=local,dest=/o'];
    const goal = { kind: 'export', target: '', outputs, attested: true } as const;

    expect(buildArguments({ ...source, options }, goal)).toEqual([
      ...fixed,
      '--output=type=docker,name=a:b',
      '--output=type=local,dest=/o',
      '/w',
    ]);
  });

  it('builds again from nothing to compare: no cache, no attestation', () => {
    const options = { ...noOptions, cacheFrom: ['type=gha'], attestations: ['type=provenance,mode=min'] };

    expect(buildArguments({ ...source, options }, { ...image, kind: 'again' })).toEqual([
      ...fixed,
      '--no-cache',
      ...output,
    ]);
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

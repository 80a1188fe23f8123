// What is allowed but seldom meant, and what ONBUILD of a base image adds.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are variables of Dockerfiles

import { describe, expect, it } from '@jest/globals';
import { baseTriggers } from '../src/base-triggers.js';
import { isCheckLike } from '../src/check-like.js';
import { parseDockerfile } from '../src/dockerfile.js';
import { ignoreFile } from '../src/ignore-file.js';
import { isReference } from '../src/image-reference.js';
import { stageGraph } from '../src/stage-graph.js';
import { unreachedChecks } from '../src/unreached-checks.js';
import { errorOf, graphOf, warningPlaces } from './graph-cases.js';

describe('a warning', () => {
  it.each([
    ['of an argument that is empty in a stage', ['ARG V=1', 'FROM a', 'COPY $V /'], ['arg-not-redeclared@3']],
    ['of one that RUN uses', ['ARG V=1', 'FROM a', 'RUN echo "${V}"'], ['arg-not-redeclared@3']],
    ['of none in single quotes', ['ARG V=1', 'FROM a', "RUN echo '$V'"], []],
    [
      'of none that the shell sets',
      ['ARG V=1', 'FROM a', 'RUN V=2 && echo $V', 'RUN for V in a; do echo $V; done'],
      [],
    ],
    [
      'of none that the stage declares',
      ['ARG V=1', 'FROM a', 'ARG V', 'COPY $V /', 'FROM b', 'ENV V=2', 'RUN $V'],
      [],
    ],
    ['of none that a base stage declares', ['ARG V=1', 'FROM a AS b', 'ARG V', 'FROM b', 'COPY $V /'], []],
    [
      'of one that only a sibling declares',
      ['ARG V=1', 'FROM a AS b', 'ARG V', 'FROM a', 'COPY $V /'],
      ['arg-not-redeclared@5'],
    ],
    ['of a blank line in a continuation', ['FROM a', 'RUN x \\', '', '  y'], ['continuation-blank@3']],
    ['of an unknown flag', ['FROM a', 'COPY --form=b / /'], ['flag-unknown@2']],
    [
      'of names like secrets',
      ['ARG NPM_TOKEN', 'FROM a', 'ENV PGPASSWORD=x DB_PASSWORD=y', 'ARG KEY_FILE'],
      ['secret-name@1', 'secret-name@3', 'secret-name@3'],
    ],
    ['of another frontend', ['# syntax=acme/frontend', 'FROM a'], ['syntax-foreign@1']],
    [
      'silenced for the file',
      ['# check=skip=SecretsUsedInArgOrEnv,DuplicateStageName', 'FROM a AS b', 'ARG TOKEN', 'FROM a AS b'],
      [],
    ],
    ['silenced altogether', ['# check=skip=all', 'FROM a AS scratch', 'ARG TOKEN'], []],
    [
      'silenced for one instruction',
      ['FROM a', '# check=skip=SecretsUsedInArgOrEnv', 'ARG TOKEN', 'ARG TOKEN'],
      ['secret-name@4'],
    ],
  ])('%s', (_, text, expected) => {
    expect(warningPlaces(graphOf(text.join('\n')))).toEqual(expected);
  });

  it('of a build argument that nothing declares has the near name', () => {
    const buildArgs = new Map(
      ['VERSON', 'GO', 'http_proxy', 'BUILDKIT_INLINE_CACHE', 'SOURCE_DATE_EPOCH', 'HELD'].map((name) => [
        name,
        'x',
      ]),
    );
    const { warnings } = graphOf('FROM a\nARG VERSION\nONBUILD ARG HELD', { buildArgs });

    expect(warnings.map(({ code, line, message }) => [code, line, message])).toEqual([
      ['build-arg-unused', null, 'the build argument "VERSON" is declared by no ARG; did you mean VERSION?'],
      ['build-arg-unused', null, 'the build argument "GO" is declared by no ARG'],
    ]);
  });
});

it.each([
  ['test', true],
  ['unit-tests', true],
  ['lint', true],
  ['pre.check', true],
  ['verify_all', true],
  ['e2e', true],
  ['spec', true],
  ['latest', false],
  ['checkout', false],
  ['inspect', false],
  [null, false],
])('%s is named like a check: %s', (name, expected) => {
  expect(isCheckLike(name)).toBe(expected);
});

it('a check that no target and no listed stage needs is unreached', () => {
  const graph = graphOf(
    [
      'FROM a AS lint',
      'FROM a AS unit-test',
      'FROM a AS all',
      'COPY --from=unit-test / /',
      'FROM a AS e2e',
      'FROM a',
    ].join('\n'),
  );

  expect(unreachedChecks(graph, ['ALL', 'none']).map(({ name }) => name)).toEqual(['lint', 'e2e']);
});

describe('ONBUILD of a base image', () => {
  const dockerfile = parseDockerfile('FROM alpine AS tools\nFROM golang:onbuild AS app\nFROM app');
  const subject = { dockerfile, graph: stageGraph(dockerfile) };

  it('is told for the stage built on it, with what it takes from where', () => {
    const { dependsOn, warnings } = baseTriggers(subject, 'golang:onbuild', [
      'COPY . /go/src/app',
      'RUN --mount=from=tools,target=/t go-wrapper download',
      'COPY --from=busybox /a /a',
    ]);

    expect(warnings.map(({ code, line }) => [code, line])).toEqual([
      ['onbuild-base', 2],
      ['onbuild-base', 2],
      ['onbuild-base', 2],
    ]);
    expect(warnings[0]?.message).toBe('"golang:onbuild" runs "COPY . /go/src/app" here, by ONBUILD');
    expect(dependsOn).toEqual([
      { of: 1, stage: 0, image: null, via: 'onbuild', line: 2 },
      { of: 1, stage: null, image: 'busybox', via: 'onbuild', line: 2 },
    ]);
  });

  it('adds nothing to a stage on another image', () => {
    expect(baseTriggers(subject, 'golang', ['RUN x'])).toEqual({ dependsOn: [], warnings: [] });
  });

  it.each([['FROM x'], ['RUN a\nRUN b'], [''], ['ONBUILD RUN x'], ['maintainer x']])(
    'refuses the trigger %j',
    (trigger) => {
      expect(errorOf(() => baseTriggers(subject, 'golang:onbuild', [trigger])).code).toBe('onbuild-invalid');
    },
  );
});

describe('the .dockerignore that counts', () => {
  const both = new Set(['.dockerignore', 'build/x.Dockerfile.dockerignore']);

  it.each([
    [
      'beside the Dockerfile',
      'folder',
      'build/x.Dockerfile',
      both,
      'build/x.Dockerfile.dockerignore',
      'instead of .dockerignore',
    ],
    ['of the context', 'folder', 'Dockerfile', both, '.dockerignore', 'counts'],
    ['for a Dockerfile from standard input', 'folder', null, both, '.dockerignore', 'counts'],
    ['none', 'folder', 'Dockerfile', new Set<string>(), null, 'the whole folder is sent'],
    [
      'none with a Git context',
      'git',
      'build/x.Dockerfile',
      both,
      null,
      'build/x.Dockerfile.dockerignore and .dockerignore is not read',
    ],
    [
      'none with an archive',
      'archive',
      'Dockerfile',
      new Set<string>(),
      null,
      'an archive: no .dockerignore is read',
    ],
  ] as const)('is the one %s', (_, context, dockerfile, names, file, says) => {
    const found = ignoreFile({ context, folder: '.', dockerfile, names });

    expect(found.file).toBe(file);
    expect(found.reason).toContain(says);
  });
});

it.each([
  ['node', true],
  ['node:24-alpine3.22', true],
  [`registry.example.test:5000/a/b_c/d--e@sha256:${'0'.repeat(64)}`, true],
  ['localhost/a:1', true],
  ['[::1]:5000/a', true],
  ['0', true],
  ['Node', false],
  ['a//b', false],
  ['a:', false],
  ['a:1:2', false],
  ['a@sha256:0', false],
  ['-a', false],
  ['-a.example.test/b', false],
  ['a$b', false],
  ['a'.repeat(1025), false],
])('%s is the name of an image: %s', (name, expected) => {
  expect(isReference(name)).toBe(expected);
});

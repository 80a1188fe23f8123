// Steps as BuildKit names them, and the way back from its progress and from an image's history to a line.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are variables of Dockerfiles
import { describe, expect, it } from '@jest/globals';
import { parseDockerfile } from '../src/dockerfile.js';
import { stageGraph } from '../src/stage-graph.js';
import { linesOfHistory, vertexFinder } from '../src/stage-line.js';
import { graphOf } from './graph-cases.js';

const shop = [
  'ARG NODE=24',
  'FROM node:$NODE AS build',
  'ARG NODE',
  'ENV DIR=/app',
  'WORKDIR $DIR',
  'COPY "package.json" ./',
  'run --mount=type=cache,target=/c npm ci && \\',
  '  echo $NODE ${HOME}',
  'RUN <<EOF',
  'set -e',
  'make',
  'EOF',
  'FROM build AS check',
  'RUN npm test',
  'FROM scratch',
  'COPY --from=build /app /app',
  'WORKDIR /',
  'ADD a /b',
];

describe('steps', () => {
  const names = (text: readonly string[]): readonly string[] =>
    graphOf(text.join('\n')).stages.flatMap(({ steps }) => steps.map(({ name, line }) => `${line}: ${name}`));

  it('have the stage, the number and the text with what is known expanded', () => {
    expect(names(shop)).toEqual([
      '2: [build 1/5] FROM docker.io/library/node:24',
      '5: [build 2/5] WORKDIR /app',
      '6: [build 3/5] COPY package.json ./',
      '7: [build 4/5] RUN --mount=type=cache,target=/c npm ci &&   echo 24 ${HOME}',
      '9: [build 5/5] RUN <<EOF (set -e...)',
      '14: [check 1/1] RUN npm test',
      '16: [stage-2 1/3] COPY --from=build /app /app',
      '18: [stage-2 2/3] ADD a /b',
    ]);
  });

  it.each([
    [
      'of the only stage have no name',
      ['FROM a', 'RUN x'],
      ['1: [1/2] FROM docker.io/library/a:latest', '2: [2/2] RUN x'],
    ],
    [
      'of the only stage have one when a mount has a source',
      ['FROM a', 'RUN --mount=type=cache,target=/c x'],
      [
        '1: [stage-0 1/2] FROM docker.io/library/a:latest',
        '2: [stage-0 2/2] RUN --mount=type=cache,target=/c x',
      ],
    ],
    [
      'are padded to the width of their number',
      ['FROM ghcr.io/a/b:1', ...Array.from({ length: 9 }, () => 'RUN x')],
      [
        '1: [ 1/10] FROM ghcr.io/a/b:1',
        ...Array.from({ length: 9 }, (_, n) => `${n + 2}: [${n === 8 ? '' : ' '}${n + 2}/10] RUN x`),
      ],
    ],
    [
      'of triggers come first',
      ['FROM a AS b', 'ONBUILD COPY x /x', 'FROM b', 'RUN y'],
      [
        '1: [b 1/1] FROM docker.io/library/a:latest',
        '2: [stage-1 1/2] ONBUILD COPY x /x',
        '4: [stage-1 2/2] RUN y',
      ],
    ],
    ['are none without a counted instruction', ['FROM scratch', 'USER x'], []],
    [
      'see what a base stage set, and not what its sibling set',
      ['FROM scratch AS a', 'ENV V=1', 'FROM a AS b', 'ENV V=2', 'FROM a', 'COPY $V /'],
      ['6: [stage-2 1/1] COPY 1 /'],
    ],
  ])('%s', (_, text, expected) => {
    expect(names(text)).toEqual(expected);
  });
});

describe('the line of a step', () => {
  const graph = graphOf(shop.join('\n'));

  it.each([
    ['[build 3/5] COPY package.json ./', 6],
    ['[linux/arm64 build 3/5] COPY package.json ./', 6],
    ['[linux/amd64->arm64 build 4/5] RUN --mount=type=cache,target=/c npm ci &&   echo 24 /root', 7],
    ['[build 1/5] FROM docker.io/library/node:24@sha256:0123', 2],
    ['[build 1/5] FROM registry.example.test/mirror/node:24', 2],
    ['[build  6/12] RUN <<EOF (set -e...)', 9],
    ['[stage-2 1/3] LINK COPY --from=build /app /app', 16],
    ['[check 1/1] RUN npm test', 14],
    ['[internal] load build context', null],
    ['[other 1/1] RUN npm test', null],
    ['[build 9/9] VOLUME x', null],
    ['exporting to image', null],
  ])('%s', (name, line) => {
    expect(vertexFinder(graph)(name)).toBe(line);
  });

  it('is told by its number where two steps have one text', () => {
    const twice = graphOf('FROM a AS b\nRUN x\nRUN x');

    expect(['[2/3] RUN x', '[3/3] RUN x'].map((name) => vertexFinder(twice)(name))).toEqual([2, 3]);
    // One trigger of the base image stands between FROM and the first RUN.
    expect(['[3/4] RUN x', '[4/4] RUN x'].map((name) => vertexFinder(twice)(name))).toEqual([2, 3]);
  });
});

describe('the lines of a history', () => {
  it('are found from its end, through the stages under the target', () => {
    const dockerfile = parseDockerfile(
      [
        'FROM node AS base',
        'ENV A=1',
        'RUN apt-get update && \\',
        '    apt-get install git',
        'FROM base',
        'COPY . /app',
        'RUN <<EOF',
        'make',
        'EOF',
        'USER node',
        'CMD ["node", "x"]',
      ].join('\n'),
    );
    const history = [
      '/bin/sh -c #(nop) ADD file:0123 in /',
      'RUN /bin/sh -c apt-get update # buildkit',
      'ENV A=1',
      'RUN |1 X=y /bin/sh -c apt-get update &&     apt-get install git # buildkit',
      'COPY . /app # buildkit',
      'RUN /bin/sh -c make\n # buildkit',
      'USER node',
      'CMD ["node" "x"]',
    ];

    expect(linesOfHistory({ dockerfile, graph: stageGraph(dockerfile) }, history)).toEqual([
      null,
      null,
      2,
      3,
      6,
      7,
      10,
      11,
    ]);
  });

  it('are found in the words of older builders', () => {
    const dockerfile = parseDockerfile('FROM a\nCOPY x /x\nRUN make\nCMD y');
    const history = [
      '/bin/sh -c #(nop) COPY file:01 in /x ',
      '/bin/sh -c make',
      '/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "y"]',
    ];

    expect(linesOfHistory({ dockerfile, graph: stageGraph(dockerfile) }, history)).toEqual([2, 3, 4]);
  });

  it('are none of a base image', () => {
    const dockerfile = parseDockerfile('FROM a');

    expect(linesOfHistory({ dockerfile, graph: stageGraph(dockerfile) }, ['RUN x', 'CMD y'])).toEqual([
      null,
      null,
    ]);
  });
});

// Whatever a file says: the package's own error or a graph, in time that grows with the file.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDockerfile } from '../src/dockerfile.js';
import { DockerfileError } from '../src/dockerfile-error.js';
import { stageChart } from '../src/stage-chart.js';
import { type StageGraph, stageGraph } from '../src/stage-graph.js';
import { linesOfHistory, vertexFinder } from '../src/stage-line.js';
import { stageTree } from '../src/stage-tree.js';
import { graphOf, stageLines } from './graph-cases.js';
import { shapes } from './large-shapes.js';

/** Small enough that ten thousand of them take seconds. */
const seeds = shapes.filter(({ text }) => text.length < 1500).map(({ text }) => text);
const pieces = [
  'FROM ',
  'COPY --from=',
  'RUN --mount=from=',
  ' AS ',
  '\\\n',
  '`',
  '<<EOF',
  '\nEOF\n',
  '<<-"',
  '${',
  ':-',
  '}',
  '$',
  '"',
  "'",
  '# escape=`\n',
  '# syntax=a\n',
  '\r\n',
  '\uFEFF',
  '\0',
  'ONBUILD ',
  'ARG X=',
  '["',
  '\n',
  '\t',
  '-1',
  '\u{1F600}',
  '%',
  '//',
  '*',
];

type Edit = readonly [place: number, cut: number, piece: string];

const edit = fc.tuple(
  fc.nat({ max: 1_000_000 }),
  fc.nat({ max: 3 }),
  fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8, unit: 'binary' })),
);

function mutate(text: string, edits: readonly Edit[]): string {
  return edits.reduce((changed, [place, cut, piece]) => {
    const at = place % (changed.length + 1);
    return changed.slice(0, at) + piece + changed.slice(at + cut);
  }, text);
}

function graphOrNull(text: string): StageGraph | null {
  try {
    const dockerfile = parseDockerfile(text);
    const graph = stageGraph(dockerfile, { buildArgs: new Map([['X', 'y']]) });
    stageTree(graph);
    stageChart(graph);
    vertexFinder(graph)(`[stage-0 1/2] ${text.slice(0, 100)}`);
    linesOfHistory({ dockerfile, graph }, text.split('\n').slice(0, 20));
    return graph;
  } catch (error) {
    if (error instanceof DockerfileError) return null;
    throw error;
  }
}

describe('any text', () => {
  it('gives a graph or the error of this package, for ten thousand changed files', () => {
    let graphs = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (seed, edits) => {
          if (graphOrNull(mutate(seed, edits)) !== null) graphs += 1;
        },
      ),
      { numRuns: 10_000 },
    );
    // Changes that broke every file would prove nothing.
    expect(graphs).toBeGreaterThan(1000);
  }, 120_000);

  it('of any characters gives a graph or the error of this package', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        (text) => void graphOrNull(`FROM a\n${text}`),
      ),
    );
  });
});

describe('a graph', () => {
  const keywords = /^(FROM|COPY|RUN|ARG|ENV|WORKDIR|ADD|USER)(?= )/gm;

  it('does not depend on case of instructions, blanks between words and comments', () => {
    const texts = shapes
      .filter(({ text }) => !text.includes('<<') && !text.startsWith('\uFEFF'))
      .map(({ text }) => text);
    expect(texts.length).toBeGreaterThan(4);
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.infiniteStream(fc.boolean()), (text, flips) => {
        const flip = (): boolean => flips.next().value === true;
        const changed = text
          .replace(keywords, (word) => (flip() ? word.toLowerCase() : word))
          .replace(/ (?=AS )/g, () => (flip() ? ' \t ' : ' '))
          .replace(/(?<=\bFROM) /gi, () => (flip() ? '   ' : ' '));
        expect(stageLines(graphOf(changed))).toEqual(stageLines(graphOf(text)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('hostile files', () => {
  const many = 30_000;

  it.each([
    ['comments', `${'# x\n'.repeat(many)}FROM a`],
    ['stages', 'FROM a\n'.repeat(many)],
    ['stages of one name', 'FROM a AS b\n'.repeat(many)],
    ['blank lines in a continuation', `FROM a\nRUN x \\\n${'\n'.repeat(many)}`],
    ['returns', `FROM a\nRUN ${'\r'.repeat(60_000)}x\r`],
    ['blanks behind a heredoc', `FROM a\nRUN <<${' '.repeat(60_000)}a<`],
    ['heredocs on a line', `FROM a\nRUN ${'<<A '.repeat(10_000)}\n${'A\n'.repeat(10_000)}`],
    ['quotes', `FROM a\nENV A=${'"\'"'.repeat(20_000)}`],
    ['flags', `FROM a\nCOPY ${'--exclude=a '.repeat(5000)} a b`],
    ['mounts', `FROM a AS b\nFROM c\nRUN ${'--mount=from=b,target=/x '.repeat(2500)} true`],
    ['brackets', `FROM a\nCMD ${'['.repeat(60_000)}`],
    ['variables', `ARG A=1\nFROM a\nARG A\n${'RUN $A$A$A$A\n'.repeat(20_000)}`],
    ['directive blanks', `# check=${' '.repeat(60_000)}x\nFROM a`],
    ['patterns', `ARG A=${'a'.repeat(3000)}\nFROM i:\${A##${'*a'.repeat(900)}b}`],
    [
      'triggers and children',
      `FROM a AS b\n${'ONBUILD USER x\n'.repeat(2000)}${'FROM b\nFROM b AS b\n'.repeat(2000)}`,
    ],
  ])('are read in one go: %s', (_, text) => {
    // Work that grows with the square of these runs into the time limit of every test.
    expect(() => graphOrNull(text)).not.toThrow();
  });
});

// The graph for people: tree and flowchart, with names that mean harm.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDockerfile as parsed } from '../src/dockerfile.js';
import { stageChart } from '../src/stage-chart.js';
import { type StageGraph, stageGraph } from '../src/stage-graph.js';
import { stageTree } from '../src/stage-tree.js';
import { graphOf } from './graph-cases.js';

const hostile = 'x"]];\u001b[31m<script>`end`#quot;';

describe('the flowchart', () => {
  it('has stages, images and one edge for each way of use', () => {
    const text = [
      'FROM node:24 AS a',
      'FROM a AS test',
      'FROM a',
      'COPY --from=a /1 /',
      'COPY --from=a /2 /',
    ].join('\n');

    expect(stageChart(graphOf(text)).split('\n')).toEqual([
      'flowchart LR',
      '  s0["a : 1"]',
      '  i0(["node:24"])',
      '  s1["test : 2"]:::unneeded',
      '  s2["stage-2 : 3"]:::target',
      '  i0 -->|from| s0',
      '  s0 -->|from| s1',
      '  s0 -->|from| s2',
      '  s0 -->|copy| s2',
      '  classDef target stroke-width:3px',
      '  classDef unneeded stroke-dasharray:4 4,opacity:0.6',
    ]);
  });

  it('has only plain characters, whatever an image is called', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(hostile), fc.string({ unit: 'binary', maxLength: 60 })), (name) => {
        const graph: StageGraph = graphOf('FROM a\nCOPY --from=b / /');
        const stages = graph.stages.map((stage) => ({
          ...stage,
          dependsOn: stage.dependsOn.map((edge) => ({ ...edge, image: name })),
        }));
        const chart = stageChart({ ...graph, stages });
        for (const line of chart.split('\n').slice(1, -2)) {
          expect(line).toMatch(
            /^ {2}(?:[si]\d+(?:\[|\(\[)"(?:[A-Za-z0-9 ._:/@+-]|#\d+;)*"(?:\]|\]\))(?::::\w+)?|[si]\d+ -->\|\w+\| s\d+)$/,
          );
        }
      }),
    );
  });

  it('leaves out what is not needed where GitHub would refuse the whole', () => {
    const text = [...Array.from({ length: 600 }, (_, n) => `FROM i${n} AS s${n}`), 'FROM s0'].join('\n');
    const lines = stageChart(graphOf(text)).split('\n');

    expect(lines).toContain('  s0 -->|from| s600');
    expect(lines).toHaveLength(1 + 3 + 2 + 2);
  });

  it('is cut where what is needed is too much as well', () => {
    const text = [
      ...Array.from({ length: 600 }, (_, n) => `FROM i${n} AS s${n}`),
      'FROM a',
      ...Array.from({ length: 600 }, (_, n) => `COPY --from=s${n} / /`),
    ].join('\n');
    const chart = stageChart(graphOf(text));

    expect(chart.length).toBeLessThan(50_000);
    expect(chart.match(/-->/g)?.length ?? 0).toBeLessThan(500);
    expect(chart).toContain('the rest is left out');
  });
});

describe('the tree', () => {
  const lines = (text: string): readonly string[] => stageTree(graphOf(text)).map(({ text: line }) => line);

  it('has no character that steers a terminal', () => {
    expect(lines(`FROM a\nCOPY --from=${hostile.replaceAll('"', '')} / /`).join('')).not.toContain('\u001b');
  });

  it('says a target that is not the last stage', () => {
    expect(stageTree(stageGraph(parsed('FROM a AS b\nFROM c'), { target: 'b' }))).toEqual([
      { text: 'b (line 1)  ← target', kind: 'target' },
      { text: '└─ from a (image)', kind: 'needed' },
      { text: '', kind: 'heading' },
      { text: 'not needed by b:', kind: 'heading' },
      { text: 'stage-1 (line 2)', kind: 'unneeded' },
      { text: '└─ from c (image)', kind: 'unneeded' },
    ]);
  });

  it('goes on at the margin where it is deep, and shows each stage', () => {
    const text = ['FROM a AS s0', ...Array.from({ length: 2000 }, (_, n) => `FROM s${n} AS s${n + 1}`)].join(
      '\n',
    );
    const tree = lines(text);

    expect(Math.max(...tree.map((line) => line.length))).toBeLessThan(150);
    expect(tree.filter((line) => line.includes('(goes on below)')).length).toBeGreaterThan(50);
    expect(tree.at(-1)).toContain('from a (image)');
  });

  it('shows stages of which each takes from a later one', () => {
    const text =
      'FROM a AS x\nCOPY --from=y / /\nFROM a AS y\nFROM b AS z\nCOPY --from=w / /\nFROM y AS w\nFROM c';

    expect(lines(text).filter((line) => /^[a-z-]/.test(line))).toEqual([
      'stage-4 (line 7)  ← default target',
      'not needed by stage-4:',
      'x (line 1)',
      'z (line 4)',
    ]);
  });
});

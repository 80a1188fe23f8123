// Dockerfiles as large projects have them.
import { describe, expect, it } from '@jest/globals';
import { parseDockerfile } from '../src/dockerfile.js';
import { graphOf, stageLines, warningPlaces } from './graph-cases.js';
import { builderShape, packagesShape, pluginShape, scriptsShape, shapes } from './large-shapes.js';

describe('a plugin for several systems', () => {
  it('ends in the unnamed stage, on the binaries of the target system', () => {
    const graph = graphOf(pluginShape.text, { platform: 'linux/arm64' });

    expect(graph.target).toBe('stage-14');
    expect(stageLines(graph)).toContain('binaries binaries-linux: from 8@21');
    expect(stageLines(graph)).toContain('~releaser alpine: from alpine@22 mount 10@23');
    expect(graphOf(pluginShape.text, { platform: 'windows/amd64' }).stages[10]?.base).toBe(
      'binaries-windows',
    );
  });

  it('keeps both stages of one name; the last one counts for COPY', () => {
    const graph = graphOf(pluginShape.text);

    expect(graph.stages.filter(({ name }) => name === 'daemon-release').map(({ line }) => line)).toEqual([
      4, 14,
    ]);
    expect(warningPlaces(graph)).toEqual(['stage-duplicate@14']);
    expect(graph.stages[13]?.dependsOn.at(-1)).toMatchObject({ stage: 6, via: 'copy' });
  });

  it('leaves its tests out', () => {
    const graph = graphOf(pluginShape.text);

    expect(
      graph.stages.filter(({ checkLike, reachable }) => checkLike && !reachable).map(({ name }) => name),
    ).toEqual(['test', 'test-coverage', 'integration-test-base']);
  });
});

describe('a builder of 49 stages', () => {
  it('differs by its debug argument', () => {
    const plain = graphOf(builderShape.text);
    const debug = graphOf(builderShape.text, { buildArgs: new Map([['DEBUG', '1']]) });

    expect(plain.stages).toHaveLength(49);
    expect(plain.stages.at(-1)?.base).toBe('linux');
    expect(debug.stages.at(-1)?.base).toBe('linux-debug');
    expect(plain.stages[9]?.reachable).toBe(false);
    expect(debug.stages[9]?.reachable).toBe(true);
    expect(plain.images).toContain(`acme/emulators:v9@sha256:${'ab'.repeat(32)}`);
  });

  it('warns of the blank line in a continuation', () => {
    expect(warningPlaces(graphOf(builderShape.text))).toEqual(['continuation-blank@10']);
  });

  it('is the same with CRLF', () => {
    const windows = shapes.find(({ name }) => name.includes('CRLF'))?.text ?? '';

    expect(stageLines(graphOf(windows))).toEqual(stageLines(graphOf(builderShape.text)));
  });
});

describe('whole scripts in heredocs', () => {
  it('are no instructions', () => {
    const { stages } = parseDockerfile(scriptsShape.text);

    expect(scriptsShape.text.length).toBeGreaterThan(94_000);
    expect(stages.map(({ name, instructions }) => [name, instructions.length])).toEqual([
      ['scripts', 20],
      ['build-image', 64],
      ['main', 4],
    ]);
    expect(graphOf(scriptsShape.text).warnings).toEqual([]);
  });
});

describe('mounts, comments and heredocs', () => {
  it('give five mounts and one heredoc on the last RUN, five heredocs in all', () => {
    const { stages } = parseDockerfile(packagesShape.text);
    const own = stages[0]?.instructions ?? [];
    const last = own.at(-1);

    expect(stages).toHaveLength(2);
    expect(last?.flags.filter((flag) => flag.startsWith('--mount='))).toHaveLength(5);
    expect(last?.heredocs.map(({ name }) => name)).toEqual(['EOF']);
    expect(own.flatMap(({ heredocs }) => heredocs)).toHaveLength(5);
    expect(graphOf(packagesShape.text)).toMatchObject({
      target: 'stage-1',
      images: ['ubuntu', 'acme/sccache'],
    });
  });
});

it.each(shapes)('$name has a graph whose target is its last stage', ({ text, options }) => {
  const graph = graphOf(text, options);

  expect(graph.targetIndex).toBe(graph.stages.length - 1);
  expect(
    graph.warnings.filter(({ code }) => !['stage-duplicate', 'continuation-blank'].includes(code)),
  ).toEqual([]);
});

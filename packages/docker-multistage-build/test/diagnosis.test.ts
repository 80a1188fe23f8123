// Failures of real builds, recorded with buildx 0.13.1 on engine 26.1.5, and what people are told about them.
import { describe, expect, it } from '@jest/globals';
import { diagnose, sentence } from '../src/diagnosis.js';
import { replay, replayText } from './recorded.js';

describe('diagnose', () => {
  it('names stage, instruction, place, exit code and the last 20 lines of a failing command', () => {
    const diagnosis = diagnose(replay('command').trace, 'failed');

    expect(diagnosis).toMatchObject({
      kind: 'command',
      stage: 'command',
      instruction: expect.stringMatching(/^RUN \["node"/),
      place: 'Dockerfile:3',
      line: 3,
      exitCode: 3,
    });
    expect(diagnosis.lastLines).toHaveLength(20);
    expect(diagnosis.lastLines.join('\n')).toContain('::error::assertion failed');
    expect(diagnosis.lastLines.join('\n')).toContain('line 30');
    expect(sentence(diagnosis)).toMatch(
      /^stage command at Dockerfile:3: RUN .* ended with exit code 3 \(command\)$/,
    );
  });

  it.each([
    ['network', 'network', 'network', 1],
    ['disk', 'disk', 'disk', 2],
    ['missing-file', 'dockerfile', 'missing-file', null],
    ['missing-base', 'network', null, null],
    ['unreachable', 'network', null, null],
    ['refused', 'auth', null, null],
    ['secret', 'dockerfile', 'secret', null],
    ['syntax', 'dockerfile', null, null],
  ])('%s: class %s, stage %s, exit code %s', (name, kind, stage, exitCode) => {
    expect(diagnose(replay(name).trace, 'failed')).toMatchObject({ kind, stage, exitCode });
  });

  it('gives the place of a syntax error, which belongs to no step', () => {
    expect(diagnose(replay('syntax').trace, 'failed')).toMatchObject({
      place: 'Broken.Dockerfile:2',
      line: 2,
      reason: expect.stringContaining('unknown instruction: RUNN'),
    });
  });

  it('does not take what a test prints for the state of the machine', () => {
    const text = ['401 Unauthorized', 'context canceled', 'failed to push'].join('\n');
    const trace = failingCommand(text);

    expect(diagnose(trace, 'failed').kind).toBe('command');
  });

  it('is a failure with a reason even when the builder said nothing', () => {
    expect(diagnose(replayText('').trace, 'failed')).toMatchObject({
      stage: null,
      reason: expect.stringMatching(/no reason/),
    });
  });

  it.each([
    ['[2/3] RUN x', null, 'RUN x'],
    ['[build 2/12] COPY . .', 'build', 'COPY . .'],
    ['[build  2/12] COPY . .', 'build', 'COPY . .'],
    ['[stage-1 1/2] WORKDIR /x', 'stage-1', 'WORKDIR /x'],
    ['[linux/amd64 build 1/2] RUN y', 'build', 'RUN y'],
    ['[linux/amd64->arm64 build 1/2] RUN y', 'build', 'RUN y'],
    ['[linux/arm/v7 2/3] RUN z', null, 'RUN z'],
    ['[windows(10.0.17763)/amd64 a 2/3] RUN z', 'a', 'RUN z'],
    ['[a 2/3] ONBUILD RUN z', 'a', 'ONBUILD RUN z'],
    ['[internal] load build context', null, '[internal] load build context'],
    ['exporting to oci image format', null, 'exporting to oci image format'],
  ])('reads the step name %s', (name, stage, instruction) => {
    const trace = replayText(JSON.stringify({ vertexes: [{ digest: 'd', name, error: 'boom' }] })).trace;

    expect(diagnose(trace, 'failed')).toMatchObject({ stage, instruction });
  });

  it('keeps exit code and class of a command that is longer than what is shown of it', () => {
    const error = `process "/bin/sh -c ${'x '.repeat(2000)}" did not complete successfully: exit code: 3`;
    const trace = replayText(
      JSON.stringify({ vertexes: [{ digest: 'd', name: '[a 1/1] RUN x', error }] }),
    ).trace;

    const { kind, exitCode, reason } = diagnose(trace, 'failed');
    expect({ kind, exitCode }).toEqual({ kind: 'command', exitCode: 3 });
    expect(reason).toMatch(/… x.*exit code: 3$/);
    expect(reason.length).toBeLessThan(310);
  });

  it('does not blame a cache that could not be read', () => {
    const steps = [
      { digest: 'a', name: 'importing cache manifest from r/c:1', error: 'r/c:1: not found' },
      {
        digest: 'b',
        name: '[b 1/1] RUN bad',
        error: 'process "bad" did not complete successfully: exit code: 9',
      },
    ];
    const { trace } = replayText(JSON.stringify({ vertexes: steps }));

    expect(diagnose(trace, 'failed')).toMatchObject({ kind: 'command', stage: 'b', exitCode: 9 });
  });

  it('says that a command with exit code 137 was killed', () => {
    const error = 'process "x" did not complete successfully: exit code: 137';
    const { trace } = replayText(
      JSON.stringify({ vertexes: [{ digest: 'd', name: '[a 1/1] RUN x', error }] }),
    );

    expect(diagnose(trace, 'failed').nextAction).toContain('memory');
  });

  it.each([
    ['source "docker-image://docker.io/library/alpine:3" denied by policy', 'policy'],
    ['granting entitlement network.host is not allowed by build daemon configuration', 'policy'],
    ['lint violation found for rules: StageNameCasing', 'policy'],
    ['failed to compute cache key: failed to copy: write /x: no space left on device', 'disk'],
    ['failed to compute cache key: failed to copy: read tcp: connection reset by peer', 'network'],
    ['failed to compute cache key: "/absent": not found', 'dockerfile'],
    ['failed to write layer: disk quota exceeded', 'disk'],
    ['r.example/a:1: pull access denied, repository does not exist', 'auth'],
    ['failed to resolve source metadata for r.example/a:1: r.example/a:1: not found', 'registry'],
    ['failed to configure gha cache exporter: cache token expired at 2026-01-01', 'auth'],
  ])('%s: %s', (error, kind) => {
    expect(diagnose(replayText(`ERROR: failed to solve: ${error}`).trace, 'failed').kind).toBe(kind);
  });

  it('blames the failing step, not those that were cancelled because of it', () => {
    const trace = replayText(
      JSON.stringify({
        vertexes: [
          {
            digest: 'a',
            name: '[a 1/1] RUN slow',
            error: 'process "slow" did not complete: context canceled: context canceled',
          },
          {
            digest: 'b',
            name: '[b 1/1] RUN bad',
            error: 'process "bad" did not complete successfully: exit code: 9',
          },
        ],
      }),
    ).trace;

    expect(diagnose(trace, 'failed')).toMatchObject({ stage: 'b', exitCode: 9 });
  });

  it('calls a build that was stopped by us cancelled', () => {
    expect(diagnose(replay('command').trace, 'cancelled').kind).toBe('cancelled');
  });
});

function failingCommand(output: string): ReturnType<typeof replay>['trace'] {
  const step = { digest: 'd', name: '[test 1/1] RUN t', started: '2026-01-01T00:00:00Z' };
  const log = { vertex: 'd', stream: 1, data: Buffer.from(`${output}\n`).toString('base64') };
  const error = 'process "t" did not complete successfully: exit code: 1';
  const documents = [{ vertexes: [step] }, { logs: [log] }, { vertexes: [{ ...step, error }] }];
  return replayText(documents.map((document) => JSON.stringify(document)).join('\n')).trace;
}

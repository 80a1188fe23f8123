// `headgate stages` on good and broken Dockerfiles in a real folder.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-stages-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Result {
  readonly code: number;
  readonly out: readonly string[];
  readonly errors: string;
}

async function stages(text: string, ...options: string[]): Promise<Result> {
  await writeFile(join(folder, 'Dockerfile'), text);
  const host = testHost({ directory: folder, env: { VERSION: '9' } });
  const code = await run(['stages', ...options], host);
  return { code, out: host.output().split('\n'), errors: host.errors() };
}

const shop = [
  'ARG VERSION=24',
  'FROM node:$VERSION AS base',
  'FROM base AS build',
  'COPY . .',
  'FROM base AS test',
  'COPY --from=build /app /app',
  'FROM gcr.io/distroless/nodejs:latest',
  'COPY --from=build /app /app',
  'RUN --mount=from=build,target=/b --mount=from=base,target=/c true',
  '',
].join('\n');

describe('stages', () => {
  it('prints a tree from the target, and what is left out', async () => {
    const { code, out } = await stages(shop);

    expect(code).toBe(0);
    expect(out).toEqual([
      'stage-3 (line 7)  ← default target',
      '├─ from gcr.io/distroless/nodejs:latest (image)',
      '├─ copy build (line 3), in line 8',
      '│  └─ from base (line 2)',
      '│     └─ from node:24 (image)',
      '├─ mount build (line 3), in line 9 (shown above)',
      '└─ mount base (line 2), in line 9 (shown above)',
      '',
      'not needed by stage-3:',
      'test (line 5)  named like a check, does not run',
      '├─ from base (line 2) (shown above)',
      '└─ copy build (line 3), in line 6 (shown above)',
      '',
      '4 stages, 2 images',
      '',
    ]);
  });

  it('takes a target, arguments and a platform', async () => {
    const { out } = await stages(shop, '--target', 'BASE', '--build-arg', 'VERSION');
    const platform = await stages(
      'FROM --platform=$TARGETPLATFORM i:$TARGETARCH',
      '--platform',
      'linux/s390x',
    );

    expect(out.slice(0, 2)).toEqual(['base (line 2)  ← target', '└─ from node:9 (image)']);
    expect(platform.out[1]).toBe('└─ from i:s390x (image)');
  });

  it('writes the graph as JSON', async () => {
    await stages(shop, '--json', 'stages.json');
    const report: unknown = JSON.parse(await readFile(join(folder, 'stages.json'), 'utf8'));

    expect(report).toMatchObject({
      file: 'Dockerfile',
      target: 'stage-3',
      images: ['node:24', 'gcr.io/distroless/nodejs:latest'],
      warnings: [],
    });
    expect(report).toHaveProperty('stages.1', {
      index: 1,
      name: 'build',
      base: 'base',
      platform: null,
      line: 3,
      dependsOn: [{ stage: 0, image: null, via: 'from', line: 3 }],
      reachable: true,
      checkLike: false,
      description: '',
      steps: [{ name: '[build 1/1] COPY . .', line: 4 }],
    });
  });

  it('prints a flowchart for Markdown', async () => {
    const { out } = await stages(shop, '--mermaid');

    expect(out.slice(0, 4)).toEqual(['```mermaid', 'flowchart LR', '  s0["base : 2"]', '  i0(["node:24"])']);
    expect(out).toContain('  s2["test : 5"]:::unneeded');
    expect(out).toContain('  s1 -->|copy| s3');
    expect(out.at(-2)).toBe('```');
  });

  it('prints warnings below the tree', async () => {
    const { code, out } = await stages('FROM a AS b\nARG NPM_TOKEN\n');

    expect(code).toBe(0);
    expect(out.at(-2)).toMatch(/^Dockerfile:2: ARG "NPM_TOKEN" looks like a secret.* \(secret-name\)$/);
  });

  it.each([
    ['an invalid file', 'FROM a\nRUM x\n', [], 1, 'Dockerfile:2: A line begins with an instruction'],
    ['a target that is missing', shop, ['--target', 'bild'], 2, 'Write build.'],
    ['a platform that is none', shop, ['--platform', 'x'], 2, 'argument-invalid'],
    ['a file that is missing', shop, ['none'], 2, 'none cannot be read'],
  ])('refuses %s', async (_, text, options, expected, message) => {
    const { code, errors } = await stages(text, ...options);

    expect(code).toBe(expected);
    expect(errors).toContain(message);
  });

  it('writes an error as JSON too', async () => {
    await stages('FROM a\nRUM x\n', '--json', 'stages.json');
    const report: unknown = JSON.parse(await readFile(join(folder, 'stages.json'), 'utf8'));

    expect(report).toMatchObject({ error: { code: 'instruction-unknown', line: 2, hint: 'Write RUN.' } });
  });

  it('finds the Dockerfile of a folder', async () => {
    const { out } = await stages('FROM a AS b', '.');

    expect(out[0]).toBe('b (line 1)  ← default target');
  });
});

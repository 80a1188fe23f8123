// The stages of large Dockerfiles, as BuildKit's own frontend lists them.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseDockerfile } from '../src/dockerfile.js';
import { shapes } from './large-shapes.js';

const buildx = process.env['HEADGATE_BUILDX'] ?? '';
const lacking = findLacking();
const suite = lacking === null ? describe : describe.skip;
if (lacking !== null) process.stdout.write(`call-targets.it.test.ts skipped: ${lacking}\n`);

interface Target {
  readonly name?: string;
  readonly default?: boolean;
  readonly description?: string;
  readonly base?: string;
  readonly platform?: string;
  readonly location?: { readonly ranges: readonly { readonly start: { readonly line: number } }[] };
}

suite('buildx build --call=targets', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-targets-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(shapes)('lists the same stages: $name', ({ text }) => {
    writeFileSync(join(folder, 'Dockerfile'), text);
    const json = execFileSync(buildx, ['build', '--call=targets,format=json', folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { targets } = JSON.parse(json) as { readonly targets: readonly Target[] };
    const { stages } = parseDockerfile(text);

    expect(
      stages.map(({ name, description, base, platform, line, index }) => ({
        name: name ?? '',
        description,
        base,
        platform: platform ?? '',
        line,
        isDefault: index === stages.length - 1,
      })),
    ).toEqual(
      targets.map((target) => ({
        name: target.name ?? '',
        description: target.description ?? '',
        base: target.base ?? '',
        platform: target.platform ?? '',
        line: target.location?.ranges[0]?.start.line ?? 0,
        isDefault: target.default === true,
      })),
    );
  });
});

function findLacking(): string | null {
  if (buildx === '') return 'HEADGATE_BUILDX does not name buildx 0.29 or newer';
  // A buildx that was built from its module says no version: what counts is that it can be asked.
  const { status, stdout } = spawnSync(buildx, ['build', '--help'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('--call') ? null : `${buildx} has no --call`;
}

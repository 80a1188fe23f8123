// A real BuildKit whose pulls stumble, and the options of cache presets as a real buildx takes them.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readLayout } from '@headgate/image/layout';
import { makeLayout } from '@headgate/image/testing/layouts';
import { createHttp } from '@headgate/kit/http';
import { startCommand } from '@headgate/kit/process';
import { createPersistence } from '@headgate/kit/registry/persistence';
import { parseImageName } from '@headgate/kit/registry/reference';
import { createRegistry } from '@headgate/kit/registry/registry';
import { createTransport } from '@headgate/kit/registry/transport';
import { createRedactor } from '@headgate/kit/secrets';
import { createTestDeps } from '@headgate/kit/testing/deps';
import { testFolder } from '@headgate/kit/testing/folder';
import { type RegistryDouble, startRegistry, type Trouble } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type BuildOutcome, runBuild } from '../src/build.js';
import { noOptions } from '../src/build-options.js';
import { buildReport } from '../src/build-report.js';
import { type CacheFacts, type CachePreset, planCache } from '../src/cache-preset.js';
import { pushLayout, putTags } from '../src/publish.js';
import { replayText } from './recorded.js';

const lacking = findLacking();
const suite = lacking === null ? describe : describe.skip;
if (lacking !== null) process.stdout.write(`real-build.it.test.ts skipped: ${lacking}\n`);

let remote: RegistryDouble;

beforeEach(async () => {
  remote = await startRegistry();
});

afterEach(async () => {
  await remote.close();
});

suite('a base image whose registry stumbles', () => {
  /** Serves a base image, then builds from it while the first look-ups of its tag get `troubles`. */
  async function build(troubles: readonly Trouble[]): Promise<{ outcome: BuildOutcome; reports: string[] }> {
    await serveBase();
    const left = [...troubles];
    remote.trouble = ({ path }) => (path.endsWith('/manifests/1') ? (left.shift() ?? null) : null);
    const context = testFolder('headgate-stumble-');
    const file = join(context, 'Dockerfile');
    // A name of its own for each run: the builder must know nothing of it.
    writeFileSync(file, `FROM ${remote.host}/acme/shop:1 AS a\nLABEL run=${Date.now()}\n`);
    const deps = createTestDeps({ start: startCommand });
    const reports: string[] = [];
    const source = {
      context,
      file,
      buildArgs: new Map<string, string>(),
      buildContexts: new Map<string, string>(),
      network: '',
      platforms: [],
      labels: new Map<string, string>(),
      secretFiles: [],
      options: noOptions,
    };
    const request = {
      source,
      commitTime: null,
      deadlineMs: 60_000,
      title: 'Gate a',
      redactor: createRedactor([]),
    };
    const onRetry = (report: string): void => {
      reports.push(report);
    };
    const outcome = await runBuild({ ...request, goal: { kind: 'gate', target: 'a' }, onRetry }, deps);
    return { outcome, reports };
  }

  async function serveBase(): Promise<void> {
    const made = makeLayout();
    const layout = await readLayout(made.finish(made.image([], { os: 'linux', architecture: 'amd64' })));
    const deps = createTestDeps({ http: createHttp() });
    const image = parseImageName(`${remote.host}/acme/shop`);
    const now = (): number => deps.clock.now();
    const transport = createTransport({
      image,
      credentials: null,
      actions: 'pull,push',
      http: deps.http,
      now,
    });
    const persist = createPersistence(image.host, deps);
    const registry = createRegistry({ image, transport, persist, signal: deps.signal });
    const { manifest } = await pushLayout(layout, registry);
    await putTags({ fixed: ['1'], moving: [] }, manifest, registry);
  }

  it.each<[string, readonly Trouble[], RegExp]>([
    ['answers 504 twice', [{ status: 504 }, { status: 504 }], /server-error/],
    ['cuts the connection', [{ cut: true }], /connection-reset/],
  ])('that %s is pulled in the end', async (_what, troubles, report) => {
    const { outcome, reports } = await build(troubles);

    expect(outcome.kind).toBe('built');
    expect(reports).toHaveLength(troubles.length);
    for (const one of reports) expect(one).toMatch(report);
  });

  it.each([401, 403, 404])('that answers %d is asked by one build only', async (status) => {
    const { outcome, reports } = await build(Array.from({ length: 9 }, () => ({ status })));

    expect([outcome.kind, reports]).toEqual(['failed', []]);
  });
});

suite('a preset of the cache', () => {
  const facts: CacheFacts = {
    image: null,
    leg: 'shop',
    target: '',
    platforms: [],
    stages: 2,
    publish: true,
    trusted: true,
    branch: 'feature/a,b "c"',
    baseBranch: 'develop',
    builder: { driver: 'docker', containerd: true, buildxVersion: '0.13.1', serverVersion: '26.1.5' },
    env: {},
    now: 0,
  };

  /** Output of a build with the plan's options. */
  async function build(preset: CachePreset, given: Partial<CacheFacts>): Promise<string> {
    const context = testFolder('headgate-cached-');
    writeFileSync(
      join(context, 'Dockerfile'),
      'FROM scratch AS a\nCOPY x /x\nFROM scratch\nCOPY --from=a /x /y\n',
    );
    writeFileSync(join(context, 'x'), 'x');
    const { from, to } = planCache(preset, { ...facts, ...given });
    const options = [
      ...from.map((value) => `--cache-from=${value}`),
      ...to.map((value) => `--cache-to=${value}`),
    ];
    const fixed = ['buildx', 'build', '--progress=rawjson', '--output=type=cacheonly'];
    // The progress goes to stderr; the registry answers in this process, which must not wait for the build.
    return (await promisify(execFile)('docker', [...fixed, ...options, context])).stderr;
  }

  it.each(['a folder', 'a registry'])('writes %s that the next build reads', async (where) => {
    const directory = join(testFolder('headgate-cache-'), 'with, comma and "quotes"');
    mkdirSync(directory);
    const preset: CachePreset = where === 'a folder' ? { kind: 'local', directory } : { kind: 'registry' };
    const image = where === 'a folder' ? null : `${remote.host}/acme/shop`;

    const first = buildReport(replayText(await build(preset, { image })).trace.timeline());
    const second = buildReport(replayText(await build(preset, { image, trusted: false })).trace.timeline());

    expect(
      first.around.some(
        ({ instruction, outcome }) => /^exporting cache/.test(instruction) && outcome === 'ran',
      ),
    ).toBe(true);
    expect(second.cache.imports.filter(({ error }) => error === null)).toHaveLength(1);
    expect(second.cache.exportMs).toBe(0);
    expect(second.hitRatio).toBe(1);
    if (where === 'a folder') expect(existsSync(directory)).toBe(true);
    else expect(remote.tags()).toEqual([expect.stringMatching(/^cache-shop-feature-a-b-/)]);
  });
});

function findLacking(): string | null {
  try {
    execFileSync('docker', ['version'], { stdio: 'ignore', timeout: 20_000 });
    execFileSync('docker', ['buildx', 'version'], { stdio: 'ignore', timeout: 20_000 });
    return null;
  } catch {
    return 'no Docker engine with buildx answers';
  }
}

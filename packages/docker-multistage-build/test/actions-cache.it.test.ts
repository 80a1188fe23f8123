// The preset `gha` with a real BuildKit: GitHub's cache service stands on loopback, everything that speaks to it is real.
import { rmSync } from 'node:fs';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { type ActionsCache, type Rights, runtimeToken, startActionsCache } from './actions-cache.js';
import { findLackingBuildKit, type OwnBuildKit, startBuildKit } from './own-buildkit.js';

const lacking = findLackingBuildKit();
const suite = lacking === null ? describe : describe.skip;
if (lacking !== null) process.stdout.write(`actions-cache.it.test.ts skipped: ${lacking}\n`);

const dockerfile =
  'FROM scratch AS deps\nCOPY package.json /package.json\nFROM scratch AS runtime\nCOPY --from=deps /package.json /app/package.json\nCOPY app.txt /app.txt\n';
const develop = 'refs/heads/develop';
const rights: Rights = { writes: [develop], reads: [] };

suite('the cache of GitHub Actions', () => {
  let own: OwnBuildKit;
  let cache: ActionsCache;
  let repository: TestRepository;
  let deps: TestDeps;
  const token = runtimeToken(rights);
  const ofPull = runtimeToken({ writes: [], reads: ['refs/pull/7/merge', develop] });

  beforeAll(async () => {
    own = await startBuildKit();
  });

  afterAll(() => own.stop());

  beforeEach(async () => {
    cache = await startActionsCache([token, ofPull]);
    repository = createTestRepository();
    repository.commit('start', { Dockerfile: dockerfile, 'package.json': '{}', 'app.txt': 'good' });
  });

  afterEach(async () => {
    await cache.close();
    repository.remove();
  });

  interface Run {
    readonly token?: string;
    readonly context?: Partial<TestDeps['context']>;
    readonly settings?: Readonly<Record<string, unknown>>;
  }

  /** One job on a runner of its own: a builder that knows nothing yet. */
  async function job({ token: given = token, context = {}, settings = {} }: Run = {}): Promise<ActionResult> {
    own.docker('buildx', 'prune', '--builder', own.builder, '--all', '--force');
    const env = {
      ACTIONS_RUNTIME_TOKEN: given,
      ACTIONS_RESULTS_URL: cache.url,
      ACTIONS_CACHE_SERVICE_V2: 'True',
    };
    deps = own.deps(repository.directory, env);
    const all = {
      leg: 'shop',
      builder: own.builder,
      cache: 'gha',
      'source-date-epoch': '1700000000',
      ...settings,
    };
    const core = createTestCore({ settings: JSON.stringify(all) });
    const workspace = repository.directory;
    const event = { repository: { default_branch: 'develop' } };
    try {
      return await run(readInputs(createInputReader(inputSpecs, core)), {
        ...deps,
        clock: systemClock,
        context: createTestContext({ workspace, ref: develop, event, ...context }),
      });
    } finally {
      rmSync(deps.temporary, { recursive: true, force: true });
    }
  }

  const ofFork = {
    token: ofPull,
    context: {
      ref: 'refs/pull/7/merge',
      eventName: 'pull_request',
      event: {
        repository: { default_branch: 'develop' },
        pull_request: { number: 7, base: { ref: 'develop' }, head: { repo: { full_name: 'mallory/shop' } } },
      },
    },
  };
  const digestOf = (result: ActionResult): string => String(result.entry?.parts.images?.[0]?.digest);
  const hits = (): string | undefined => /(\d+) of (\d+) steps cached/.exec(deps.core.summary())?.[0];
  const shown = (): string => deps.core.lines.join('\n') + deps.core.summary();
  const writes = (): readonly string[] => cache.seen.filter((line) => /CreateCacheEntry|^PUT/.test(line));

  it('is written by one job and serves the next, which runs no step', async () => {
    const first = await job();

    expect(first.failure).toBeUndefined();
    expect(hits()).toBe('0 of 3 steps cached');
    expect([...cache.entries.keys()].filter((key) => key.startsWith('index-shop-'))).toHaveLength(1);
    expect([...cache.entries.values()].every(({ scope }) => scope === develop)).toBe(true);

    const before = cache.seen.length;
    const second = await job();

    expect(hits()).toBe('3 of 3 steps cached');
    expect(digestOf(second)).toBe(digestOf(first));
    const since = cache.seen.slice(before);
    expect(since.filter((line) => line.startsWith('GET storage 20'))).not.toEqual([]);
    // What is there already is not sent again: only the index has a new edition.
    expect(since.filter((line) => line.startsWith('PUT storage'))).toHaveLength(1);
    expect(shown()).not.toContain(token);
  });

  it('serves a pull request of a fork from its base branch, and takes nothing from it', async () => {
    await job();
    const before = [...cache.entries.keys()];

    const forked = await job(ofFork);

    expect(forked.failure).toBeUndefined();
    expect(hits()).toBe('3 of 3 steps cached');
    expect(deps.core.lines.join('\n')).toContain('read only: this event is not trusted to write');
    expect(writes().filter((line) => !line.endsWith('200') && !line.endsWith('201'))).toEqual([]);
    expect([...cache.entries.keys()]).toEqual(before);
  });

  it('that may not be written fails no build', async () => {
    const result = await job({ token: ofPull });

    expect(result.failure).toBeUndefined();
    expect(hits()).toBe('0 of 3 steps cached');
    expect(cache.seen).toContain('POST CreateCacheEntry 403');
    expect(cache.entries.size).toBe(0);
  });

  it.each<[string, () => string]>([
    ['is not the service’s', () => runtimeToken(rights)],
    ['has run out', () => runtimeToken(rights, { secondsLeft: -60 })],
    ['is no token', () => 'a-token-of-another-form-4711'],
  ])('with a token that %s fails no build, and shows it nowhere', async (_what, make) => {
    const wrong = make();

    const result = await job({ token: wrong });

    expect(result.failure).toBeUndefined();
    expect(cache.entries.size).toBe(0);
    expect(shown()).not.toContain(wrong);
  });

  it.each(['GetCacheEntryDownloadURL', 'CreateCacheEntry', 'storage', 'FinalizeCacheEntryUpload'])(
    'whose %s fails, fails no build',
    async (call) => {
      await job();
      cache.trouble = (what) => (what === call ? 403 : null);
      repository.commit('change', { 'app.txt': 'better' });

      const result = await job();

      expect(result.failure).toBeUndefined();
      expect(digestOf(result)).toMatch(/^sha256:/);
    },
  );

  it('whose blobs are damaged fails no build', async () => {
    const first = await job();
    for (const [key, entry] of cache.entries) if (key.includes('blob')) entry.bytes.fill(0x78);

    const result = await job();

    expect(result.failure).toBeUndefined();
    expect(digestOf(result)).toBe(digestOf(first));
    expect(shown()).toContain('damaged-cache (attempt 1');
  });

  it('whose blobs the service has thrown away fails no build', async () => {
    const first = await job();
    for (const key of cache.entries.keys()) if (key.includes('blob')) cache.remove(key);

    const result = await job();

    expect(result.failure).toBeUndefined();
    expect(digestOf(result)).toBe(digestOf(first));
  });

  it('keeps two images of one repository apart', async () => {
    await job();
    await job({ settings: { leg: 'worker' } });

    const indexes = [...cache.entries.keys()].filter((key) => key.startsWith('index-'));
    expect(indexes.map((key) => /^index-(\w+)-/.exec(key)?.[1])).toEqual(['shop', 'worker']);
  });
});

// Time and cache of recorded builds: the sums, the path, the causes; and the same from broken recordings.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BuildReport, buildReport } from '../src/build-report.js';
import { knownTimes } from '../src/cache-cost.js';
import { createProgressReader, type ProgressUpdate } from '../src/progress.js';
import { createTimeline, type TimedStep } from '../src/timeline.js';
import { recordedOutput, replay } from './recorded.js';

const recordings = [
  'cold',
  'warm',
  'source-changed',
  'argument-changed',
  'import-local',
  'import-missing',
  'failing',
  'cancelled',
  'two-platforms',
  'one-stage',
] as const;

const reportOn = (name: string): BuildReport => buildReport(replay(name).trace.timeline());

function updatesOf(name: string): readonly ProgressUpdate[] {
  const reader = createProgressReader();
  return recordedOutput(name)
    .split('\n')
    .map((line) => reader.push(line))
    .filter(({ steps, transfers }) => steps.length + transfers.length > 0);
}

function fold(updates: readonly ProgressUpdate[]): readonly TimedStep[] {
  const timeline = createTimeline();
  for (const update of updates) timeline.add(update);
  return timeline.steps();
}

/** Work of each stage in milliseconds, and why its first step missed. */
const stagesOf = ({ stages }: BuildReport) =>
  Object.fromEntries(
    stages.map(({ platform, stage, workMs, firstMiss }) => [
      [platform, stage].filter((part) => part !== null).join(' '),
      [workMs, firstMiss?.cause ?? null],
    ]),
  );

const pathOf = ({ criticalPath }: BuildReport) =>
  criticalPath.filter(({ kind }) => kind !== null).map(({ stage, kind }) => `${stage} ${kind}`);

type Expected = Pick<BuildReport, 'totalMs' | 'hits' | 'counted'> & {
  readonly stages: ReturnType<typeof stagesOf>;
  readonly path: readonly string[];
  readonly advice: string;
};

describe('the report on a recorded build', () => {
  it.each<[string, Expected]>([
    [
      'cold',
      {
        totalMs: 6070,
        hits: 2,
        counted: 9,
        stages: {
          base: [34, null],
          deps: [1561, 'source'],
          lint: [771, 'earlier-step'],
          build: [1109, 'earlier-step'],
          runtime: [191, 'earlier-step'],
        },
        path: [
          'base FROM',
          'deps COPY',
          'deps RUN',
          'lint COPY',
          'build RUN',
          'runtime COPY',
          'runtime COPY',
        ],
        advice: 'export',
      },
    ],
    [
      'warm',
      {
        totalMs: 111,
        hits: 9,
        counted: 9,
        stages: { base: [10, null], lint: [0, null], runtime: [0, null], deps: [0, null], build: [0, null] },
        path: ['base FROM'],
        advice: 'nothing',
      },
    ],
    [
      'source-changed',
      {
        totalMs: 1525,
        hits: 6,
        counted: 9,
        stages: {
          base: [13, null],
          lint: [1036, 'source'],
          deps: [0, null],
          build: [1312, 'earlier-step'],
          runtime: [0, null],
        },
        path: ['base FROM', 'lint COPY', 'build RUN'],
        advice: 'source',
      },
    ],
    [
      'argument-changed',
      {
        totalMs: 2838,
        hits: 5,
        counted: 9,
        stages: {
          base: [10, null],
          deps: [1341, 'argument'],
          lint: [927, 'earlier-step'],
          build: [1330, 'earlier-step'],
          runtime: [0, null],
        },
        path: ['base FROM', 'deps RUN', 'lint COPY', 'build RUN'],
        advice: 'slow-step',
      },
    ],
    [
      'import-local',
      {
        totalMs: 311,
        hits: 9,
        counted: 9,
        stages: { base: [26, null], lint: [0, null], runtime: [92, null], deps: [0, null], build: [0, null] },
        path: ['base FROM', 'runtime COPY'],
        advice: 'nothing',
      },
    ],
    [
      'import-missing',
      {
        totalMs: 2632,
        hits: 1,
        counted: 9,
        stages: {
          base: [108, 'not-imported'],
          deps: [1444, 'earlier-step'],
          lint: [741, 'earlier-step'],
          build: [774, 'earlier-step'],
          runtime: [46, 'earlier-step'],
        },
        path: [
          'base FROM',
          'base WORKDIR',
          'deps COPY',
          'deps RUN',
          'lint COPY',
          'build RUN',
          'runtime COPY',
          'runtime COPY',
        ],
        advice: 'import',
      },
    ],
    [
      'failing',
      {
        totalMs: 1292,
        hits: 1,
        counted: 6,
        stages: {
          base: [29, 'not-imported'],
          test: [1078, 'earlier-step'],
          slow: [1153, 'earlier-step'],
          'stage-3': [0, null],
        },
        path: ['base FROM', 'base WORKDIR', 'slow RUN'],
        advice: 'nothing',
      },
    ],
    [
      'cancelled',
      {
        totalMs: 2912,
        hits: 1,
        counted: 3,
        stages: { slow: [2845, 'not-imported'], 'stage-1': [0, null] },
        path: ['slow FROM', 'slow RUN'],
        advice: 'nothing',
      },
    ],
    [
      'two-platforms',
      {
        totalMs: 1263,
        hits: 2,
        counted: 6,
        stages: {
          'linux/amd64 build': [814, 'argument'],
          'linux/amd64->arm64 build': [935, 'argument'],
          'linux/amd64 stage-1': [18, 'earlier-step'],
          'linux/arm64 stage-1': [11, 'earlier-step'],
        },
        path: ['build FROM', 'build WORKDIR', 'build RUN', 'stage-1 COPY'],
        advice: 'nothing',
      },
    ],
    [
      'one-stage',
      {
        totalMs: 713,
        hits: 1,
        counted: 4,
        stages: { '': [651, 'not-imported'] },
        path: ['null FROM', 'null WORKDIR', 'null COPY', 'null RUN'],
        advice: 'nothing',
      },
    ],
  ])('%s: time, hits, causes, path and advice', (name, expected) => {
    const report = reportOn(name);

    const { totalMs, hits, counted, advice } = report;
    const [stages, path] = [stagesOf(report), pathOf(report)];
    expect({ totalMs, hits, counted, stages, path, advice: advice.about }).toEqual(expected);
  });

  it('tells what the cache costs from what the build costs', () => {
    expect(reportOn('cold').cache).toMatchObject({ importMs: 0, exportMs: 2768, imports: [] });
    expect(reportOn('import-local').cache).toMatchObject({ importMs: 99, exportMs: 0 });
    expect(reportOn('import-missing').cache.imports).toEqual([
      {
        from: '127.0.0.1:1/acme/shop:cache',
        ms: 1,
        error: expect.stringContaining('connection refused'),
      },
    ]);
  });

  it('says what cached steps saved where an earlier build of the job has run them', () => {
    const known = knownTimes([replay('import-missing').trace.timeline()]);
    const report = buildReport(replay('import-local').trace.timeline(), known);

    // Everything but the image: 54 + 1444 + 741 + 774 + 46.
    expect(report.cache).toMatchObject({ savedMs: 3059, unknownSteps: 0 });
  });
});

describe.each(recordings)('the recording %s', (name) => {
  const updates = updatesOf(name);
  const whole = buildReport(fold(updates));

  it('gives each step the time that the log shows', () => {
    const { trace, shown } = replay(name);
    const steps = [...whole.stages.flatMap((stage) => stage.steps), ...whole.around];

    let compared = 0;
    for (const [index, { digest }] of trace.steps().entries()) {
      const done = shown.flatMap((line) => {
        const found = new RegExp(`^#${index + 1} DONE ([\\d.]+)s$`).exec(line);
        return found === null ? [] : [Number(found[1])];
      });
      const step = steps.find((one) => one.digest === digest);
      if (done.length !== 1 || step?.outcome === 'cached') continue;
      compared += 1;
      expect(Math.abs((step?.ms ?? 0) / 1000 - (done[0] ?? 0))).toBeLessThanOrEqual(0.06);
    }
    expect(compared).toBeGreaterThan(0);
  });

  it('gives the same report when everything is said twice, and in any order', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...updates, ...updates], { minLength: updates.length * 2 }),
        (shuffled) => {
          expect(buildReport(fold(shuffled))).toEqual(whole);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('gives a report wherever it breaks off, never more than the whole', () => {
    for (let length = 0; length <= updates.length; length += 1) {
      const part = buildReport(fold(updates.slice(0, length)));
      expect(part.totalMs).toBeLessThanOrEqual(whole.totalMs);
      expect(part.counted).toBeLessThanOrEqual(whole.counted);
      for (const stage of part.stages) {
        expect(stage.wallMs).toBeLessThanOrEqual(part.totalMs);
        expect(stage.wallMs).toBeLessThanOrEqual(stage.workMs);
      }
    }
  });

  it('has a critical path whose steps fit into the build one after the other', () => {
    const sum = whole.criticalPath.reduce((total, { ms }) => total + ms, 0);

    expect(sum).toBeLessThanOrEqual(whole.totalMs);
    // Measured gaps are BuildKit's own time between steps.
    expect(sum).toBeGreaterThan(whole.totalMs * 0.7);
  });
});

it('gives a report on any steps: loops, ends before starts, names of any kind', () => {
  const digest = fc.constantFrom('a', 'b', 'c', 'd');
  const time = fc.option(fc.integer({ min: 0, max: 10_000 }));
  const step = fc.record({
    digest,
    name: fc.oneof(fc.string(), fc.constantFrom('[a 1/2] FROM x', '[a 2/2] RUN y', '[1/1] COPY . .')),
    startedMs: time,
    completedMs: time,
    cached: fc.boolean(),
    error: fc.option(fc.string({ minLength: 1 })),
    inputs: fc.array(digest),
  });
  fc.assert(
    fc.property(fc.array(step), fc.array(digest), (steps, transfers) => {
      const report = buildReport(fold([{ steps, transfers, logs: [], plain: null }]));
      expect(report.hits).toBeLessThanOrEqual(report.counted);
      expect(report.totalMs).toBeGreaterThanOrEqual(0);
      for (const { wallMs } of report.stages) expect(wallMs).toBeGreaterThanOrEqual(0);
    }),
  );
});

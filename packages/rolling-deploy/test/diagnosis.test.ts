// Causes out of what an engine says and tells: each class by its own code, none where nothing is wrong, whatever the order.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { diagnose } from '../src/diagnosis.js';
import { callError, pullError } from '../src/engine-refusals.js';
import { DeployError } from '../src/errors.js';
import type { Note } from '../src/evidence.js';
import { parseListeners } from '../src/listeners.js';
import {
  busy,
  gone,
  judgedStart,
  judgedTraffic,
  played,
  refused,
  restarting,
  seen,
  told,
} from './engine-script.js';

type Script = readonly [name: string, notes: readonly Note[]];

const unhealthy = { status: 'unhealthy', exitCode: 7, output: 'no database' };
const failing: readonly (readonly [string, string, readonly Note[]])[] = [
  ['ends at once', 'instance-exited', [seen(0, { answer: refused }), told(40, 'die', 3), seen(50, gone(3))]],
  [
    'ends again and again',
    'instance-exited',
    [
      seen(0, { answer: refused }),
      told(40, 'die', 3),
      seen(50, restarting(3, 1)),
      told(400, 'die', 3),
      seen(410, restarting(3, 2)),
    ],
  ],
  [
    'lacks memory, and is started again',
    'out-of-memory',
    [
      seen(0, { answer: refused }),
      told(90, 'oom'),
      told(100, 'die', 137),
      seen(110, restarting(137, 1, { OOMKilled: true })),
    ],
  ],
  [
    'lacks memory for good',
    'out-of-memory',
    [
      seen(0, { answer: refused }),
      told(90, 'oom'),
      told(100, 'die', 137),
      seen(110, gone(137, { OOMKilled: true })),
    ],
  ],
  [
    'has no such command in its shell',
    'cannot-run',
    [seen(0, { answer: refused }), told(30, 'die', 127), seen(40, restarting(127, 1))],
  ],
  [
    'fails its health check',
    'health-check-failed',
    [
      seen(0, { health: { status: 'starting' }, answer: refused }),
      told(900, 'health_status: unhealthy'),
      seen(910, { health: unhealthy }),
    ],
  ],
  ['never listens', 'not-listening', [seen(0, { answer: refused }), seen(60_000, { answer: refused })]],
  ['never answers well', 'never-healthy', [seen(0, { answer: busy }), seen(60_000, { answer: busy })]],
];

const starting = { health: { status: 'starting' }, answer: refused };
const benignStarts: readonly Script[] = [
  ['answers at once', [seen(0, {})]],
  ['starts slowly inside its start period', [seen(0, starting), seen(20_000, starting), seen(21_000, {})]],
  [
    'starts slowly without a check',
    [seen(0, { answer: refused }), seen(30_000, { answer: busy }), seen(31_000, {})],
  ],
  [
    'fails a probe inside its start period',
    [seen(0, { health: { status: 'starting', exitCode: 1, output: 'not yet' } }), seen(3000, {})],
  ],
  [
    'crashes once and is started again',
    [
      seen(0, { answer: refused }),
      told(40, 'die', 1),
      seen(50, restarting(1, 1)),
      seen(300, { restarts: 1, startedAt: 200 }),
    ],
  ],
  [
    'crashes once, and the look comes later than both',
    [told(40, 'die', 1), seen(300, { restarts: 1, startedAt: 200 })],
  ],
  ['lost a child process for lack of memory', [told(90, 'oom'), seen(100, { state: { OOMKilled: true } })]],
  [
    'is told healthy twice',
    [told(10, 'health_status: healthy'), told(10, 'health_status: healthy'), seen(20, {})],
  ],
  [
    'was unhealthy, says a late event, and is healthy',
    [seen(0, { health: { status: 'healthy', exitCode: 0 } }), told(-5, 'health_status: unhealthy')],
  ],
  ['died before it was begun with', [told(-1000, 'die', 1), told(-900, 'oom'), seen(0, {})]],
];
const benignTraffic: readonly Script[] = [
  [
    'misses two answers',
    [seen(0, {}), seen(1000, { answer: busy }), seen(2000, { answer: refused }), seen(5000, {})],
  ],
  [
    'fails one probe and stays healthy',
    [seen(0, {}), seen(1000, { health: { status: 'healthy', exitCode: 1, output: 'slow' } }), seen(5000, {})],
  ],
  [
    'had crashed before the traffic',
    [told(-50, 'die', 1), seen(0, { restarts: 1 }), seen(5000, { restarts: 1 })],
  ],
  ['is told of again and again', [seen(0, {}), told(10, 'health_status: healthy'), seen(5000, {})]],
];

describe('the cause', () => {
  it.each(failing)('of a start that %s is %s', (_, code, notes) => {
    expect(played(notes, judgedStart)).toMatchObject({
      kind: 'fail',
      code,
      hint: expect.stringMatching(/\w/),
    });
  });

  it('of a failing health check holds the exit code and the words of its last look', () => {
    expect(judgedStart([seen(10, { health: unhealthy })])).toMatchObject({
      message: expect.stringContaining('exit code 7, no database'),
    });
  });

  it('is known although the platform made good what a look came too late for', () => {
    const notes = [
      told(90, 'oom'),
      told(100, 'die', 137),
      told(500, 'die', 137),
      seen(700, { restarts: 2, startedAt: 600 }),
    ];

    expect(judgedStart(notes)).toMatchObject({
      code: 'out-of-memory',
      message: 'web-1 was killed for lack of memory, exit code 137, 2 times',
    });
  });

  it('of one end that no other start would better is named at once', () => {
    const lines = ['exec /app/run: exec format error'];
    const notes: readonly Note[] = [
      told(40, 'die', 1),
      seen(50, restarting(1, 1)),
      { what: 'said', at: 60, lines },
    ];

    expect(judgedStart(notes)).toMatchObject({
      code: 'cannot-run',
      message: 'web-1 ended by itself with code 1: exec /app/run: exec format error',
      hint: expect.stringContaining('platform'),
    });
  });

  it('in traffic is any death, also one that was made good', () => {
    const notes = [seen(0, {}), told(50, 'die', 1), seen(300, { restarts: 1, startedAt: 200 })];

    expect(judgedTraffic(notes)).toMatchObject({ kind: 'fail', code: 'instance-exited' });
  });
});

describe('no false alarm', () => {
  it.each(benignStarts)('when a start %s', (_, notes) => {
    expect(played(notes, judgedStart)).toEqual({ kind: 'pass' });
  });

  it.each(benignTraffic)('when an instance in traffic %s', (_, notes) => {
    expect(played(notes, (some) => judgedTraffic(some, notes === benignTraffic[2]?.[1] ? 1 : 0))).toEqual({
      kind: 'pass',
    });
  });
});

describe('a recording played otherwise', () => {
  const isLook = ({ what }: Note): boolean => what === 'seen';
  /** The same notes with some twice, in any order, and without some of what was told. */
  const otherwise = (notes: readonly Note[], gaps: boolean): fc.Arbitrary<readonly Note[]> =>
    fc
      .record({
        twice: fc.subarray([...notes]),
        kept: gaps ? fc.subarray(notes.filter((note) => !isLook(note))) : fc.constant([]),
      })
      .chain(({ twice, kept }) => {
        const most = gaps ? [...notes.filter(isLook), ...kept] : [...notes];
        return fc.shuffledSubarray([...most, ...twice.filter((note) => most.includes(note))], {
          minLength: most.length + twice.filter((note) => most.includes(note)).length,
        });
      });
  const kindAndCode = (verdict: ReturnType<typeof judgedStart>): readonly string[] => [
    verdict.kind,
    verdict.kind === 'fail' ? verdict.code : '',
  ];
  const all: readonly Script[] = [
    ...failing.map(([name, , notes]): Script => [name, notes]),
    ...benignStarts,
  ];

  it.each(all)('gives the same verdict with duplicates and in any order: %s', (_, notes) => {
    const expected = judgedStart(notes);
    fc.assert(
      fc.property(otherwise(notes, false), (other) => {
        expect(judgedStart(other)).toEqual(expected);
      }),
    );
  });

  it.each(all)('gives the same verdict when the platform told only part of it: %s', (_, notes) => {
    const expected = kindAndCode(judgedStart(notes));
    fc.assert(
      fc.property(otherwise(notes, true), (other) => {
        expect(kindAndCode(judgedStart(other))).toEqual(expected);
      }),
    );
  });

  it('of any notes at all gives the same verdict in any order, and never throws', () => {
    const time = fc.integer({ min: -500, max: 3000 });
    const event = fc.oneof(
      fc
        .uniqueArray(time, { maxLength: 4 })
        .map((times) => times.map((at) => told(at, 'die', at % 3 === 0 ? 137 : 1))),
      fc.array(time, { maxLength: 3 }).map((times) => times.map((at) => told(at, 'oom'))),
    );
    const looks = fc
      .uniqueArray(time, { minLength: 1, maxLength: 5 })
      .map((times) => times.map((at) => seen(at, at % 2 === 0 ? {} : restarting(1, Math.abs(at) % 3))));
    const notes = fc.tuple(event, event, looks).map((parts) => {
      const deaths = new Map(parts.flat().map((note) => [`${note.what}${note.at}`, note]));
      return [...deaths.values()];
    });
    fc.assert(
      fc.property(
        notes.chain((some) =>
          fc.tuple(
            fc.constant(some),
            fc.shuffledSubarray([...some, ...some], { minLength: 2 * some.length }),
          ),
        ),
        ([some, other]) => {
          expect(judgedStart(other)).toEqual(judgedStart(some));
          expect(judgedTraffic(other)).toEqual(judgedTraffic(some));
        },
      ),
    );
  });

  it('counts only looks that were due as answers in a row', () => {
    const looks = [0, 1, 2, 3].map((ms) => ({ ...seen(ms, { answer: busy }), isDue: ms === 0 }) as Note);

    expect(judgedTraffic(looks)).toMatchObject({ kind: 'wait' });
  });
});

describe('an engine’s refusal', () => {
  const reference = `registry.example/shop@sha256:${'1'.repeat(64)}`;

  it.each([
    ['manifest unknown', 'image-not-found'],
    ['manifest for shop@sha256:1 not found: manifest unknown: manifest unknown', 'image-not-found'],
    ['no matching manifest for linux/arm64 in the manifest list entries', 'image-not-found'],
    ['unauthorized: authentication required', 'registry-refused'],
    [
      'pull access denied for shop, repository does not exist or may require docker login',
      'registry-refused',
    ],
    ['toomanyrequests: You have reached your pull rate limit.', 'registry-limit'],
    ['invalid reference format', 'bad-image-name'],
    ['failed to register layer: write /x: no space left on device', 'disk-full'],
    ['net/http: TLS handshake timeout', 'pull-failed'],
    ['received unexpected HTTP status: 503 Service Unavailable', 'pull-failed'],
  ])('of a pull, %j, is %s', (words, code) => {
    expect(pullError(reference, words)).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it.each([
    [
      'OCI runtime create failed: exec: "/nope": stat /nope: no such file or directory: unknown',
      'cannot-run',
    ],
    ['exec /bin/app: exec format error', 'cannot-run'],
    ['mkdir /var/lib/docker/overlay2/x: no space left on device', 'disk-full'],
    ['No such image: shop@sha256:1', 'image-not-found'],
    ['invalid reference format: repository name must be lowercase', 'bad-image-name'],
    ['Conflict. The container name is already in use', 'engine-refused'],
  ])('of a start, %j, is %s', (words, code) => {
    expect(callError('POST /containers/x/start', 500, words)).toMatchObject({ code });
  });

  it('never fails to be judged', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (words) => {
        expect(pullError(reference, words)).toBeInstanceOf(DeployError);
        expect(callError('GET /x', 500, words)).toBeInstanceOf(DeployError);
      }),
    );
  });
});

describe('a closer look', () => {
  const failure = (code: 'instance-exited' | 'not-listening'): DeployError =>
    new DeployError({ code, message: 'web-1 failed', hint: 'Look.' });
  const nothing = { lines: [], listeners: null, port: null };

  it.each([
    ['exec /app/run: exec format error', 'cannot-run', /platform/],
    ['standard_init_linux.go:228: exec user process caused: exec format error', 'cannot-run', /platform/],
    ['exec /app/run.sh: no such file or directory', 'cannot-run', /interpreter/],
    ['Error: ENOENT: no such file or directory, open config.json', 'instance-exited', /Look/],
  ])('at last words %j says %s', (line, code, hint) => {
    const found = diagnose(failure('instance-exited'), { ...nothing, lines: ['first', line] });

    expect(found).toMatchObject({ code, hint: expect.stringMatching(hint) });
  });

  it.each([
    [
      ['127.0.0.1:3000'],
      'inside it listens on 127.0.0.1:3000, port 3000 is asked',
      /listen on 0\.0\.0\.0:3000/,
    ],
    [['0.0.0.0:8080'], 'inside it listens on 0.0.0.0:8080', /Set port to 8080/],
    [[], 'it listens nowhere', /Look/],
  ])('at listeners %j says so', (listeners, words, hint) => {
    const found = diagnose(failure('not-listening'), { lines: [], listeners, port: 3000 });

    expect(found.message).toContain(words);
    expect(found.hint).toMatch(hint);
  });

  it('reads the kernel’s tables of sockets', () => {
    const table = `  sl  local_address rem_address   st tx_queue
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000
   2: 0100007F:0BB8 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000
   3: 00000000000000000000000000000000:0BB9 00000000000000000000000000000000:0000 0A 0
   4: 00000000000000000000000001000000:0BBA 00000000000000000000000000000000:0000 0A 0
   5: nonsense 0 0A`;

    expect(parseListeners(table)).toEqual(['127.0.0.1:3000', '0.0.0.0:8080', '[::]:3001', '[::1]:3002']);
  });

  it('reads any table without failing', () => {
    fc.assert(fc.property(fc.string(), (table) => Array.isArray(parseListeners(table))));
  });
});

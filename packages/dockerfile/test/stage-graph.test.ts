// The graph: lookups of FROM, COPY and mounts, variables, ONBUILD, what a target needs.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are variables of Dockerfiles
import { describe, expect, it } from '@jest/globals';
import { parseDockerfile } from '../src/dockerfile.js';
import { findStage } from '../src/target.js';
import {
  type ErrorCase,
  errorOf,
  type GraphCase,
  graphOf,
  stageLines,
  warningPlaces,
} from './graph-cases.js';

const args = (pairs: Readonly<Record<string, string>>): { buildArgs: ReadonlyMap<string, string> } => ({
  buildArgs: new Map(Object.entries(pairs)),
});

const lookups: readonly GraphCase[] = [
  {
    what: 'FROM finds earlier stages only: a later name is an image',
    text: ['FROM later AS first', 'FROM node:24 AS later', 'COPY --from=first / /'],
    stages: ['first later: from later@1', 'later node:24: from node:24@2 copy 0@3'],
    warnings: ['from-later@1'],
  },
  {
    what: 'FROM minds the case of a name, COPY does not',
    text: ['FROM node:24 AS Build', 'FROM Build', 'COPY --from=BUILD /a /a'],
    stages: ['build node:24: from node:24@1', '#1 Build: from Build@2 copy 0@3'],
    warnings: ['from-case@2', 'image-invalid@2'],
  },
  {
    what: 'COPY takes a number as an index',
    text: ['FROM a', 'FROM b', 'FROM c', 'COPY --from=0 / /0', 'COPY --from=1 / /1'],
    stages: ['#0 a: from a@1', '#1 b: from b@2', '#2 c: from c@3 copy 0@4 copy 1@5'],
  },
  {
    what: 'a mount takes a number as an image',
    text: ['FROM a', 'FROM b', 'RUN --mount=type=bind,from=0,target=/x true'],
    stages: ['~#0 a: from a@1', '#1 b: from b@2 mount 0@3'],
    warnings: ['mount-index@3'],
  },
  {
    what: 'COPY from an image of another registry, tag and digest',
    text: [
      'FROM scratch',
      `COPY --link --from=quay.io/a/b:1@sha256:${'0'.repeat(64)} /x /x`,
      'COPY --from=scratch / /',
    ],
    stages: [`#0 scratch: copy quay.io/a/b:1@sha256:${'0'.repeat(64)}@2`],
  },
  {
    what: 'FROM takes the latest of a name so far, COPY and mounts the last of the file',
    text: [
      'FROM a AS x',
      'FROM x AS y',
      'FROM b AS x',
      'FROM x AS z',
      'COPY --from=x / /',
      'RUN --mount=from=X,target=/m true',
    ],
    stages: ['~x a: from a@1', '~y x: from 0@2', 'x b: from b@3', 'z x: from 2@4 copy 2@5 mount 2@6'],
    warnings: ['stage-duplicate@3'],
  },
  {
    what: 'mounts count whatever their type and the order of their keys',
    text: [
      'FROM a AS x',
      'FROM b AS y',
      'FROM c',
      'RUN --mount=target=/a,FROM=x,type=cache --mount="from=y,target=/b,c" --mount=type=cache,target=/d true',
    ],
    stages: ['x a: from a@1', 'y b: from b@2', '#2 c: from c@3 mount 0@4 mount 1@4'],
  },
  {
    what: 'a quoted field of a mount may hold a comma',
    text: ['FROM a', String.raw`RUN --mount=type=bind,\"source=a,from=b\",from=c true`],
    stages: ['#0 a: from a@1 mount c@2'],
  },
  {
    what: 'a stage called scratch is what FROM scratch and a mount without from mean',
    text: ['FROM a AS scratch', 'FROM scratch AS b', 'RUN --mount=type=cache,target=/c true'],
    stages: ['scratch a: from a@1', 'b scratch: from 0@2 mount 0@3'],
    warnings: ['stage-reserved@1'],
  },
  {
    what: 'context is a reserved name too',
    text: ['FROM a AS context', 'FROM b', 'COPY --from=context / /'],
    stages: ['context a: from a@1', '#1 b: from b@2 copy 0@3'],
    warnings: ['stage-reserved@1'],
  },
  {
    what: 'a dollar at the end of a source is a character',
    text: ['FROM a', 'COPY --from=b$ / /', 'RUN --mount=from=c$ true'],
    stages: ['#0 a: from a@1 copy b$@2 mount c$@3'],
    warnings: ['image-invalid@2', 'image-invalid@3'],
  },
  {
    what: 'a later source of an unneeded stage only warns',
    text: ['FROM a AS x', 'COPY --from=z / /', 'FROM b AS y', 'FROM c AS z'],
    options: { target: 'y' },
    stages: ['~x a: from a@1 copy 2@2', 'y b: from b@3', '~z c: from c@4'],
    warnings: ['stage-later@2'],
  },
  {
    what: 'a target is found in any case',
    text: ['FROM a AS build', 'FROM b AS Run', 'FROM c'],
    options: { target: 'RUN' },
    stages: ['~build a: from a@1', 'run b: from b@2', '~#2 c: from c@3'],
  },
  {
    what: 'two stages of one platform constant and one that follows the first',
    text: [
      'FROM --platform=linux/arm64/v8 a AS x',
      'FROM x',
      'FROM --platform=$BUILDPLATFORM b',
      'COPY --from=1 / /',
    ],
    stages: ['x a: from a@1', '#1 x: from 0@2', '#2 b: from b@3 copy 1@4'],
  },
];

const variables: readonly GraphCase[] = [
  {
    what: 'a target platform chooses a stage',
    text: ['FROM a AS bin-linux', 'FROM b AS bin-darwin', 'FROM bin-$TARGETOS'],
    options: { platform: 'darwin/arm64' },
    stages: ['~bin-linux a: from a@1', 'bin-darwin b: from b@2', '#2 bin-darwin: from 1@3'],
  },
  ...(
    [
      ['${V:-24}', {}, '24'],
      ['${V:-24}', { V: '' }, '24'],
      ['${V-24}', { V: '' }, ''],
      ['${V:+on}', { V: '1' }, 'on'],
      ['${V:+on}', {}, ''],
      ['${V+on}', { V: '' }, 'on'],
      ['${V:-${W:-${X:-deep}}}', {}, 'deep'],
      ['${V:-a$W}', { W: 'b' }, 'ab'],
      ['${V#v}', { V: 'v1.2' }, '1.2'],
      ['${V##*.}', { V: 'a.b.c' }, 'c'],
      ['${V#*.}', { V: 'a.b.c' }, 'b.c'],
      ['${V%.*}', { V: '1.2.3' }, '1.2'],
      ['${V%%.*}', { V: '1.2.3' }, '1'],
      ['${V/./-}', { V: '1.2.3' }, '1-2.3'],
      ['${V//./-}', { V: '1.2.3' }, '1-2-3'],
      ['${V//?/x}', { V: 'abc' }, 'xxx'],
      ['${V:?needed}', { V: 'given' }, 'given'],
      ['"${V}"', { V: 'q' }, 'q'],
      ["'$V'", { V: 'q' }, '$V'],
      ['\\$V', { V: 'q' }, '$V'],
      ['$V.1', { V: '3' }, '3.1'],
    ] as const
  ).map(
    ([form, given, value]): GraphCase => ({
      what: `${form} with ${JSON.stringify(given)}`,
      text: ['ARG V', 'ARG W', 'ARG X', `FROM i:x${form}`],
      options: args(given),
      stages: [`#0 i:x${value}: from i:x${value}@4`],
      warnings: value.includes('$') ? ['image-invalid@4'] : [],
    }),
  ),
  {
    what: 'a default may use an argument before it, and an argument given wins',
    text: ['ARG A=1', 'ARG B=${A}.2 C="$B x"', 'FROM i:$B'],
    options: args({ A: '9' }),
    stages: ['#0 i:9.2: from i:9.2@3'],
  },
  {
    what: 'what a stage declares is not seen by FROM',
    text: ['FROM a', 'ARG V=1', 'ENV W=2', 'FROM i$V$W'],
    stages: ['~#0 a: from a@1', '#1 i: from i@4'],
    warnings: ['from-undeclared@4', 'from-undeclared@4'],
  },
  {
    what: 'a debug variant of the last stage by argument',
    text: [
      'ARG DEBUG',
      'FROM a AS app',
      'FROM app AS app-debug',
      'COPY --from=tools / /',
      'FROM app${DEBUG:+-debug} AS out',
    ],
    options: args({ DEBUG: '1' }),
    stages: ['app a: from a@2', 'app-debug app: from 0@3 copy tools@4', 'out app-debug: from 1@5'],
  },
  {
    what: 'the stage asked for is an argument of its own',
    text: ['FROM a AS x', 'FROM i:$TARGETSTAGE AS y', 'FROM b AS z'],
    options: { target: 'y' },
    stages: ['~x a: from a@1', 'y i:y: from i:y@2', '~z b: from b@3'],
  },
  {
    what: 'a predefined argument can be given',
    text: ['FROM i:$TARGETARCH'],
    options: args({ TARGETARCH: 's390x' }),
    stages: ['#0 i:s390x: from i:s390x@1'],
  },
];

const triggers: readonly GraphCase[] = [
  {
    what: 'ONBUILD of a stage runs in the stage built on it',
    text: [
      'FROM a AS tools',
      'FROM b AS base',
      'ONBUILD COPY --from=tools /t /t',
      'FROM base',
      'FROM c AS other',
    ],
    options: { target: 'base' },
    stages: ['~tools a: from a@1', 'base b: from b@2', '~#2 base: from 1@4', '~other c: from c@5'],
  },
  {
    what: 'and makes what it copies from needed',
    text: [
      'FROM a AS tools',
      'FROM b AS base',
      'ONBUILD RUN --mount=from=tools true',
      'FROM base AS child',
      'FROM child',
    ],
    stages: [
      'tools a: from a@1',
      'base b: from b@2',
      'child base: from 1@4 onbuild 0@3',
      '#3 child: from 2@5',
    ],
  },
  {
    what: 'an image that a trigger copies from',
    text: ['FROM b AS base', 'ONBUILD COPY --from=busybox /t /t', 'FROM base'],
    stages: ['base b: from b@1', '#1 base: from 0@3 onbuild busybox@2'],
  },
];

describe.each([
  ['lookups', lookups],
  ['variables of FROM', variables],
  ['ONBUILD', triggers],
])('%s', (_, cases) => {
  it.each(cases)('$what', ({ text, options, stages, warnings = [] }) => {
    const graph = graphOf(text.join('\n'), options);

    expect(stageLines(graph)).toEqual(stages);
    expect(warningPlaces(graph)).toEqual(warnings);
  });
});

const errors: readonly ErrorCase[] = [
  {
    what: 'COPY from a later stage',
    text: ['FROM a', 'COPY --from=z / /', 'FROM b AS z', 'FROM c', 'COPY --from=0 / /'],
    code: 'stage-later',
    line: 2,
    says: 'z, which stands after it in line 3',
  },
  {
    what: 'a mount from a later stage',
    text: ['FROM a AS x', 'RUN --mount=from=z true', 'FROM x AS z', 'FROM x'],
    code: 'stage-later',
    line: 2,
  },
  {
    what: 'an index out of range',
    text: ['FROM a', 'FROM b', 'COPY --from=9 / /'],
    code: 'stage-index',
    line: 3,
    says: '0 to 1; found "9"',
  },
  {
    what: 'a negative index',
    text: ['FROM a', 'FROM b', 'COPY --from=-1 / /'],
    code: 'stage-index',
    line: 3,
  },
  {
    what: 'a variable in COPY --from',
    text: ['ARG X=a', 'FROM $X', 'COPY --from=$X / /'],
    code: 'from-variable',
    line: 3,
    says: 'FROM $X AS source',
  },
  {
    what: 'a variable in a mount',
    text: ['ARG X=a', 'FROM $X', 'RUN --mount=from=${X},target=/x true'],
    code: 'from-variable',
    line: 3,
  },
  {
    what: 'a stage that copies from itself by index',
    text: ['FROM a', 'COPY --from=0 / /'],
    code: 'stage-cycle',
    line: 2,
    says: 'stage-0 → stage-0',
  },
  {
    what: 'a circle over COPY and a mount',
    text: ['FROM a AS x', 'COPY --from=y / /', 'FROM b AS y', 'RUN --mount=from=x true'],
    code: 'stage-cycle',
    line: 4,
    says: 'x → y → x',
  },
  {
    what: 'a circle that the target does not need',
    text: ['FROM a AS x', 'COPY --from=y / /', 'FROM b AS y', 'COPY --from=x / /', 'FROM c'],
    code: 'stage-cycle',
    line: 4,
  },
  {
    what: 'an empty base',
    text: ['ARG IMGE=x', 'FROM $IMAGE'],
    code: 'base-empty',
    line: 2,
    says: 'did you mean IMGE?',
  },
  { what: 'an empty platform', text: ['FROM --platform=$NONE a'], code: 'platform-invalid', line: 1 },
  {
    what: 'a platform that is none',
    text: ['FROM --platform=windows-11 a'],
    code: 'platform-invalid',
    line: 1,
    says: 'windows-11',
  },
  {
    what: 'a substitution that demands a value',
    text: ['ARG V', 'FROM i:${V:?say-which}'],
    code: 'variable-invalid',
    line: 2,
    says: 'V: say-which',
  },
  {
    what: 'a substitution without its end',
    text: ['FROM i:${V'],
    code: 'variable-invalid',
    line: 1,
    says: 'missing',
  },
  {
    what: 'a substitution of no known form',
    text: ['ARG V=1', 'FROM i:${V^^}'],
    code: 'variable-invalid',
    line: 2,
  },
  { what: 'quotes that do not end', text: ['ARG V="a', 'FROM i'], code: 'variable-invalid', line: 1 },
  {
    what: 'variables that double',
    text: [...Array.from({ length: 40 }, (_, n) => `ARG V${n + 1}=\${V${n}}\${V${n}}xy`), 'FROM $V40'],
    code: 'variable-invalid',
    line: 12,
    says: 'too long',
  },
  {
    what: 'substitutions in each other without end',
    text: [`FROM ${'${V:-'.repeat(5000)}x${'}'.repeat(5000)}`],
    code: 'variable-invalid',
    line: 1,
    says: '50 deep',
  },
  {
    what: 'a trigger that is wrong where it runs',
    text: ['FROM a AS b', 'ONBUILD COPY x', 'FROM b'],
    code: 'instruction-invalid',
    line: 2,
  },
  {
    what: 'a number as target',
    text: ['FROM a AS build', 'FROM b'],
    options: { target: '0' },
    code: 'target-missing',
    line: null,
    says: 'the stages are build',
  },
  {
    what: 'the shown name of an unnamed stage as target',
    text: ['FROM a AS stage1', 'FROM b'],
    options: { target: 'stage-1' },
    code: 'target-missing',
    line: null,
    says: 'Write stage1',
  },
  {
    what: 'a target where no stage has a name',
    text: ['FROM a'],
    options: { target: 'x' },
    code: 'target-missing',
    line: null,
    says: 'no stage has a name',
  },
  {
    what: 'a misspelt platform of the build',
    text: ['FROM a'],
    options: { platform: 'lnux' },
    code: 'argument-invalid',
    line: null,
  },
];

describe('refused', () => {
  it.each(errors)('$what', ({ text, options, code, line, says = '' }) => {
    const error = errorOf(() => graphOf(text.join('\n'), options));

    expect({ code: error.code, line: error.line }).toEqual({ code, line });
    expect(`${error.message} ${error.hint}`).toContain(says);
  });
});

describe('a graph', () => {
  it('names target, platforms, images and stages like checks', () => {
    const graph = graphOf(
      [
        '# build makes the program',
        'FROM --platform=$BUILDPLATFORM golang AS build',
        'FROM build AS unit-tests',
        'FROM alpine',
        'COPY --from=build /a /a',
        'COPY --from=alpine /b /b',
      ].join('\n'),
      { platform: 'linux/aarch64', buildPlatform: 'linux/x86_64' },
    );

    expect(graph).toMatchObject({ target: 'stage-2', targetIndex: 2, images: ['golang', 'alpine'] });
    expect(graph.stages[0]).toMatchObject({
      platform: 'linux/amd64',
      description: 'makes the program',
      line: 2,
    });
    expect(graph.stages[1]).toMatchObject({ platform: 'linux/amd64', checkLike: true, reachable: false });
    expect(graph.stages[2]).toMatchObject({ platform: null, checkLike: false });
  });

  it('of thousands of stages in a chain is made at once', () => {
    const text = [
      'FROM a AS s0',
      ...Array.from({ length: 20_000 }, (_, n) => `FROM s${n} AS s${n + 1}`),
    ].join('\n');

    expect(graphOf(text).stages.every(({ reachable }) => reachable)).toBe(true);
  });
});

describe('a stage asked for', () => {
  const { stages } = parseDockerfile('FROM a AS Build\nFROM b\nFROM c AS build');

  it('is found in any case, the last of one name', () => {
    expect(findStage(stages, 'BUILD')?.index).toBe(2);
  });

  it.each(['1', 'stage-1', 'buil', ''])('is not found as %j', (name) => {
    expect(findStage(stages, name)).toBeNull();
  });
});

// Verdict and reports: what they say, that they are well-formed, and that nothing from the image gets through unescaped.
import { createRedactor } from '@headgate/kit/secrets';
import { maxCommentLength } from '@headgate/kit/sticky-comment';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parseBudgets } from '../src/budget-form.js';
import { type ImageReport, imageReport, type ReportSource } from '../src/image-report.js';
import type { LayerContent } from '../src/layer-entry.js';
import type { Baseline } from '../src/measured-image.js';
import { judge } from '../src/policy.js';
import { defaultPolicy, parsePolicy } from '../src/policy-form.js';
import { reportSarif } from '../src/report-sarif.js';
import { reportSchema } from '../src/report-schema.js';
import { reportComment, reportSummary } from '../src/report-summary.js';
import type { SecretFind } from '../src/secret-find.js';
import { entries, entry, layer } from './layer-entries.js';
import { sarifStructure } from './sarif-structure.js';

const noSecrets = createRedactor([]);
const missing: Baseline = { kind: 'missing', reason: 'the base branch has no image yet' };
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
(addFormats as unknown as (instance: Ajv2020) => void)(ajv);

interface Options extends Partial<Omit<ReportSource, 'platforms'>> {
  readonly layers?: readonly LayerContent[];
  readonly secrets?: readonly SecretFind[];
  readonly policy?: unknown;
  readonly user?: string;
  readonly platforms?: readonly string[];
}

function source(options: Options = {}): ReportSource {
  const { layers = [layer(entries('app/run'))], secrets = [], policy, user = '1000' } = options;
  const lineOf = (index: number): number => 10 + index;
  const judgement = judge(
    { layers, baseLayers: 0, config: { user, env: [], baseTriggers: [] }, lineOf, headOf: () => null },
    policy === undefined ? defaultPolicy : parsePolicy('policy', policy),
  );
  const { platforms = ['linux/amd64'], ...others } = options;
  return {
    image: 'shop',
    digest: 'sha256:abc',
    dockerfile: 'services/shop/Dockerfile',
    budgets: parseBudgets('budgets', null),
    baseline: missing,
    skippedSecrets: [],
    limitedLayers: [],
    ...others,
    platforms: platforms.map((platform) => ({ platform, layers, baseLayers: 0, lineOf, judgement, secrets })),
  };
}

function inLayer(path: string | null, hidden = false): SecretFind {
  const place = { kind: 'layer' as const, layer: 'sha256:1', layerIndex: 0, path, hidden, gzip: false };
  return { secret: 'npm', encodings: ['raw', 'hex'], place };
}

const full = source({
  layers: [
    layer([...entries('app/.git/HEAD', 'app/main.go'), entry('bin/su', { mode: 0o4755 })], {
      createdBy: 'COPY . .',
    }),
  ],
  user: '',
  secrets: [
    inLayer('app/.npmrc', true),
    {
      secret: 'npm',
      encodings: ['raw'],
      place: { kind: 'document', document: 'config', pointer: '/config/Env/0' },
    },
  ],
  budgets: parseBudgets('budgets', { size: { warn: 1, fail: 2 }, 'growth-percent': 5, layers: 3 }),
  baseline: {
    kind: 'known',
    name: 'shop:main',
    platforms: [
      { platform: 'linux/amd64', layers: [layer([entry('old')], { createdBy: 'COPY . .', compressed: 10 })] },
    ],
  },
  policy: {
    allow: [
      { path: 'bin/su', reason: 'needed' },
      { path: 'nowhere', reason: 'was there' },
    ],
  },
  skippedSecrets: [{ secret: 'flag', reason: 'it is a common text' }],
  limitedLayers: ['sha256:1'],
});

describe('the verdict', () => {
  const git = layer(entries('app/.git/HEAD'));
  it.each<readonly [string, Options, ImageReport['verdict']]>([
    ['nothing', {}, 'pass'],
    ['a warning of the policy', { user: '' }, 'warn'],
    ['an error of the policy', { layers: [git] }, 'fail'],
    ['a class that is off', { layers: [git], policy: { vcs: 'off' } }, 'pass'],
    ['a secret', { secrets: [inLayer('a')] }, 'fail'],
    ['a budget that warns', { budgets: parseBudgets('b', { size: { warn: 1 } }) }, 'warn'],
    ['a budget that fails', { budgets: parseBudgets('b', { size: 1 }) }, 'fail'],
    ['a budget that cannot be judged', { budgets: parseBudgets('b', { growth: 1 }) }, 'pass'],
  ])('of %s is right', (_, options, verdict) => {
    const report = imageReport(source(options), noSecrets);

    expect(report.verdict).toBe(verdict);
    expect(report.reasons.length > 0).toBe(verdict !== 'pass');
  });

  it('has its reasons in order of gravity, with lines of the Dockerfile', () => {
    expect(imageReport(full, noSecrets).reasons.map(({ kind, level, line }) => [kind, level, line])).toEqual([
      ['secret', 'fail', 10],
      ['secret', 'fail', null],
      ['policy', 'fail', 10],
      ['budget', 'fail', null],
      ['budget', 'fail', null],
      ['policy', 'warn', 10],
      ['policy', 'warn', null],
    ]);
  });
});

describe('the JSON report', () => {
  it.each([
    ['with everything', full],
    ['with nothing', source()],
    ['of two platforms', source({ platforms: ['linux/amd64', 'linux/arm64'], user: '' })],
  ])('%s is as its schema says', (_, from) => {
    const validate = ajv.compile(reportSchema);

    validate(JSON.parse(JSON.stringify(imageReport(from, noSecrets))));
    expect(validate.errors).toBeNull();
  });

  it('has sizes that are the sums of its layers', () => {
    const [platform] = imageReport(full, noSecrets).platforms;

    const sum = (platform?.layers ?? []).reduce((total, { compressed }) => total + compressed, 0);
    expect(platform?.compressed).toBe(sum);
  });
});

describe('SARIF', () => {
  it('is as the standard wants it', () => {
    const validate = ajv.compile(sarifStructure);

    validate(JSON.parse(JSON.stringify(reportSarif(imageReport(full, noSecrets)))));
    expect(validate.errors).toBeNull();
  });

  it('has one rule for each class, and results at the lines of the Dockerfile', () => {
    const { rules, results } = runOf(imageReport(full, noSecrets));

    expect(rules).toHaveLength(11);
    for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex]?.id).toBe(ruleId);
    expect(results.find(({ ruleId }) => ruleId === 'vcs')).toMatchObject({
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'services/shop/Dockerfile', uriBaseId: '%SRCROOT%' },
            region: { startLine: 10 },
          },
          logicalLocations: [{ fullyQualifiedName: 'app/.git' }],
        },
      ],
    });
    expect(results.filter(({ ruleId }) => ruleId === 'known-secret')).toHaveLength(2);
  });

  it('says what several platforms share once, under the same fingerprint in the next run', () => {
    const twice = source({ platforms: ['linux/amd64', 'linux/arm64'], user: '' });

    const runs = [runOf(imageReport(twice, noSecrets)), runOf(imageReport(twice, noSecrets))];
    expect(runs[0]?.results).toHaveLength(1);
    expect(runs[0]?.results[0]?.partialFingerprints).toEqual(runs[1]?.results[0]?.partialFingerprints);
  });

  it('has no place in the repository where no Dockerfile is known', () => {
    const { results } = runOf(imageReport(source({ dockerfile: null, user: '' }), noSecrets));

    expect(results[0]?.locations).toEqual([
      { logicalLocations: [{ fullyQualifiedName: 'user', kind: 'resource' }] },
    ]);
  });

  it('lets no name make a link, a placeholder or a wrong address', () => {
    const odd = layer(entries('a [x](https://evil.example) {0}/.git/HEAD'));
    const { results } = runOf(
      imageReport(source({ layers: [odd], dockerfile: 'a b/Docker[file' }), noSecrets),
    );

    expect(results[0]?.message.text).toContain('a \\[x\\](https://evil.example) {{0}}/.git');
    expect(JSON.stringify(results[0]?.locations)).toContain('a%20b/Docker%5Bfile');
  });
});

describe('the summary and the comment', () => {
  it('say verdict, reasons, sizes, budgets, growth and notices', () => {
    const report = imageReport(full, noSecrets);

    for (const text of [reportSummary(report), reportComment(report)]) {
      expect(text).toContain('**The image fails: nothing is published.**');
      expect(text).toContain('services/shop/Dockerfile:10');
      expect(text).toContain('a later layer deletes it');
      expect(text).toContain('Compressed (pulled)');
      expect(text).toContain('What grew in linux/amd64');
      expect(text).toContain('The secret flag is not searched for: it is a common text.');
      expect(text).toContain('The allow list names nowhere, which is not there.');
    }
    expect(reportSummary(report)).toContain('Allowed in linux/amd64');
    expect(reportSummary(report)).toContain('Name the folder in .dockerignore');
    expect(reportComment(report).length).toBeLessThan(reportSummary(report).length);
  });

  it('say why there is no baseline', () => {
    expect(reportComment(imageReport(source(), noSecrets))).toContain(
      'Not compared with a baseline: the base branch has no image yet.',
    );
  });

  it('show what comes from the image as it is, not as Markdown or HTML', () => {
    const path = '<img src=x>|`[a](http://e)`@all<!-- headgate-image -->/.git/HEAD';
    const odd = layer(entries(path), { createdBy: 'RUN echo "|<b>`" \n# heading' });
    const report = imageReport(source({ layers: [odd], image: '<b>shop</b>' }), noSecrets);

    for (const text of [reportSummary(report), reportComment(report)]) {
      expect(withoutCode(text)).not.toMatch(/<img|<b>|<!--|@all/);
      expect(text).not.toContain('\n# heading');
    }
  });

  it('stay within the limits of GitHub whatever the image holds', () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      entry(`d${index}/${'x'.repeat(3000)}/.git/HEAD`, { size: 1 + index }),
    );
    const report = imageReport(source({ layers: [layer(many)] }), noSecrets);

    expect(reportComment(report).length).toBeLessThan(maxCommentLength);
    expect(reportSummary(report).length).toBeLessThan(1024 * 1024);
    expect(reportComment(report)).toContain('… and 390 more.');
  });
});

describe('a known secret', () => {
  it('is in no report, whatever the image has under its value', () => {
    const value = 'hunter2-hunter2';
    const redactor = createRedactor([value, 'fail']);
    const layers = [
      layer([entry(`app/${value}/.git/HEAD`), entry(`big-${value}`, { size: 9999 })], {
        createdBy: `RUN T=${value} make`,
      }),
    ];
    const report = imageReport(
      source({ layers, secrets: [inLayer(`app/${value}`)], image: value, policy: 'error' }),
      redactor,
    );

    const all = [
      JSON.stringify(report),
      JSON.stringify(reportSarif(report)),
      reportSummary(report),
      reportComment(report),
    ];
    for (const text of all) expect(text).not.toContain(value);
    expect(report.verdict).toBe('fail');
  });
});

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly message: { readonly text: string };
  readonly locations: readonly unknown[];
  readonly partialFingerprints: unknown;
}

function runOf(report: ImageReport): {
  rules: readonly { readonly id: string }[];
  results: readonly Result[];
} {
  const [run] = reportSarif(report)['runs'] as [
    { tool: { driver: { rules: readonly { readonly id: string }[] } }; results: readonly Result[] },
  ];
  return { rules: run.tool.driver.rules, results: run.results };
}

/** Inside code everything stands as it is. */
function withoutCode(markdown: string): string {
  return markdown.replace(/(`+)[^`][\s\S]*?[^`]?\1(?!`)/g, '');
}

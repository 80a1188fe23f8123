// An image report as SARIF 2.1.0, which GitHub shows as code scanning alerts at the lines of the Dockerfile.
import { createHash } from 'node:crypto';
import type { ImageReport, ReportedPlatform } from './image-report.js';
import { cures, type PolicyClass, policyClasses } from './policy-classes.js';
import { findingText, secretText } from './verdict.js';

type Level = 'error' | 'warning' | 'note';

interface Alert {
  readonly rule: string;
  readonly level: Level;
  readonly text: string;
  readonly line: number | null;
  /** Place inside the image; '' for the image as a whole. */
  readonly inside: string;
  /** Tells it from others of its rule, in the next run too: sizes change, places do not. */
  readonly key: string;
}

const secretRule = 'known-secret';
const budgetRule = 'size-budget';

const rules: readonly { readonly id: string; readonly text: string; readonly help: string }[] = [
  ...policyClasses.map((id) => ({ id, text: titles(id), help: cures[id] })),
  { id: secretRule, text: 'A value that the build was given stands in the image', help: cures.secrets },
  {
    id: budgetRule,
    text: 'The image is above its budget',
    help: 'Make the image smaller, or raise the budget.',
  },
];

function titles(policyClass: PolicyClass): string {
  return `The image ships what it does not need to run: ${policyClass}`;
}

const levels: Readonly<Record<'error' | 'fail' | 'warn' | 'note', Level>> = {
  error: 'error',
  fail: 'error',
  warn: 'warning',
  note: 'note',
};

/**
 * Several platforms that say the same make one result. @returns an object for `JSON.stringify`
 * Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
 */
export function reportSarif(report: ImageReport): Readonly<Record<string, unknown>> {
  const alerts = new Map<string, Alert>();
  for (const platform of report.platforms)
    for (const alert of alertsOf(platform, report)) alerts.set(fingerprint(alert), alert);
  const results = [...alerts].map(([print, alert]) => resultOf(alert, print, report.dockerfile));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'Headgate', rules: rules.map(ruleOf) } }, results }],
  };
}

function ruleOf({ id, text, help }: (typeof rules)[number]): Readonly<Record<string, unknown>> {
  return { id, shortDescription: { text }, fullDescription: { text: `${text}.` }, help: { text: help } };
}

function alertsOf(platform: ReportedPlatform, { platforms }: ImageReport): readonly Alert[] {
  const lineOf = (index: number): number | null => platform.layers[index]?.line ?? null;
  const name = platforms.length > 1 ? `${platform.platform}: ` : '';
  return [
    ...platform.findings.map((finding) => ({
      rule: finding.class,
      level: levels[finding.level],
      text: `${findingText(finding)}. ${cures[finding.class]}`,
      line: finding.line,
      inside: finding.path,
      key: `${finding.path} ${finding.hidden}`,
    })),
    ...platform.secrets.map((find) => ({
      rule: secretRule,
      level: levels.error,
      text: `${secretText(find)} ${cures.secrets}`,
      line: find.place.kind === 'layer' ? lineOf(find.place.layerIndex) : null,
      inside: find.place.kind === 'layer' ? (find.place.path ?? '') : find.place.document,
      key: JSON.stringify([find.secret, find.place.kind === 'layer' ? find.place.path : find.place]),
    })),
    ...platform.budgets.flatMap(({ outcome, text, budget }) =>
      outcome === 'warn' || outcome === 'fail'
        ? [
            {
              rule: budgetRule,
              level: levels[outcome],
              text: `${name}${text}`,
              line: null,
              inside: '',
              key: `${platform.platform} ${budget}`,
            },
          ]
        : [],
    ),
  ];
}

function resultOf(
  { rule, level, text, line, inside }: Alert,
  print: string,
  dockerfile: string | null,
): Readonly<Record<string, unknown>> {
  const region = line === null ? {} : { region: { startLine: line } };
  const artifactLocation = { uri: uriOf(dockerfile ?? ''), uriBaseId: '%SRCROOT%' };
  const location = {
    ...(dockerfile === null ? {} : { physicalLocation: { artifactLocation, ...region } }),
    ...(inside === '' ? {} : { logicalLocations: [{ fullyQualifiedName: inside, kind: 'resource' }] }),
  };
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level,
    message: { text: plainMessage(text) },
    locations: Object.keys(location).length === 0 ? [] : [location],
    partialFingerprints: { 'headgate/v1': print },
  };
}

function fingerprint({ rule, key, line }: Alert): string {
  return createHash('sha256')
    .update(JSON.stringify([rule, key, line]))
    .digest('hex');
}

/** Brackets would make a link (3.11.6), braces a placeholder (3.11.5). */
function plainMessage(text: string): string {
  return text
    .toWellFormed()
    .replace(/[[\]\\]/g, '\\$&')
    .replace(/[{}]/g, '$&$&');
}

function uriOf(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

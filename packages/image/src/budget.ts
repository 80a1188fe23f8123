// Holds an image against its budgets: size, growth against a baseline, number of layers, each platform on its own.
import { formatBytes } from '@headgate/kit/quantities';
import { type BudgetName, type Budgets, budgetNames, type Limit } from './budget-form.js';
import { type Baseline, type Measure, type MeasuredPlatform, sizeOf } from './measured-image.js';
import { changeText, groupedDigits, sizeText } from './size-text.js';

export interface BudgetResult {
  readonly budget: BudgetName;
  readonly platform: string;
  /** Null for the number of layers. */
  readonly measure: Measure | null;
  /** `neutral`: it could not be judged, and holds nothing up. */
  readonly outcome: 'pass' | 'warn' | 'fail' | 'neutral';
  /** Bytes, layers, or percent; null where it is not known. */
  readonly actual: number | null;
  /** The limit that was passed, or the nearest one; as it was written. */
  readonly limit: string;
  /** One sentence for people. */
  readonly text: string;
}

/** A value to hold against limits; `above` decides without rounding. */
type Reading =
  | {
      readonly known: true;
      readonly actual: number;
      readonly text: string;
      readonly above: (limit: number) => boolean;
    }
  | { readonly known: false; readonly reason: string };

/** One result for each budget that has a limit, and each platform. */
export function judgeBudgets(
  platforms: readonly MeasuredPlatform[],
  baseline: Baseline,
  budgets: Budgets,
): readonly BudgetResult[] {
  return platforms.flatMap((platform) =>
    budgetNames.flatMap((budget) => {
      const { warn, fail } = budgets.limits[budget];
      if (warn === null && fail === null) return [];
      const reading = readings[budget]({ platform, baseline, measure: budgets.measure });
      const measure = budget === 'layers' ? null : budgets.measure;
      return [
        { budget, platform: platform.platform, measure, ...outcomeOf(reading, { warn, fail }, budget) },
      ];
    }),
  );
}

type Outcome = Pick<BudgetResult, 'outcome' | 'actual' | 'limit' | 'text'>;

function outcomeOf(
  reading: Reading,
  { warn, fail }: { readonly warn: Limit | null; readonly fail: Limit | null },
  budget: BudgetName,
): Outcome {
  const nearest = warn ?? fail;
  if (!reading.known) {
    const text = `${titles[budget]} is not judged: ${reading.reason}.`;
    return { outcome: 'neutral', actual: null, limit: nearest?.text ?? '', text };
  }
  const { actual, text, above } = reading;
  for (const [outcome, limit] of [['fail', fail] as const, ['warn', warn] as const]) {
    if (limit === null || !above(limit.value)) continue;
    const message = `${titles[budget]} is ${text}, above the limit of ${limitText(limit, budget)}.`;
    return { outcome, actual, limit: limit.text, text: message };
  }
  const within = nearest === null ? '' : limitText(nearest, budget);
  return {
    outcome: 'pass',
    actual,
    limit: nearest?.text ?? '',
    text: `${titles[budget]} is ${text}, within ${within}.`,
  };
}

export const titles: Readonly<Record<BudgetName, string>> = {
  size: 'The size',
  growth: 'The growth',
  'growth-percent': 'The growth',
  layers: 'The number of layers',
};

function limitText({ text, value }: Limit, budget: BudgetName): string {
  if (budget === 'layers') return text;
  if (budget === 'growth-percent') return text.endsWith('%') ? text : `${text} %`;
  return `${text} (${groupedDigits(value)} bytes)`;
}

interface Scene {
  readonly platform: MeasuredPlatform;
  readonly baseline: Baseline;
  readonly measure: Measure;
}

const readings: Readonly<Record<BudgetName, (scene: Scene) => Reading>> = {
  size: ({ platform, measure }) => {
    const size = sizeOf(platform.layers, measure);
    if (size === null) return { known: false, reason: `its ${measure} size is not known` };
    return {
      known: true,
      actual: size,
      text: `${sizeText(size)} ${measure}`,
      above: (limit) => size > limit,
    };
  },
  layers: ({ platform }) => {
    const count = platform.layers.length;
    return { known: true, actual: count, text: String(count), above: (limit) => count > limit };
  },
  growth: (scene) => {
    const sizes = bothSizes(scene);
    if (typeof sizes === 'string') return { known: false, reason: sizes };
    const grown = sizes.now - sizes.before;
    const text = `${changeText(grown)} ${scene.measure}, from ${sizeText(sizes.before)} to ${sizeText(sizes.now)}`;
    return { known: true, actual: grown, text, above: (limit) => grown > limit };
  },
  'growth-percent': (scene) => {
    const sizes = bothSizes(scene);
    if (typeof sizes === 'string') return { known: false, reason: sizes };
    const { now, before } = sizes;
    if (before === 0)
      return { known: false, reason: 'the baseline holds 0 bytes, of which nothing is a percentage' };
    const percent = ((now - before) / before) * 100;
    const text = `${percent.toFixed(2)} % ${scene.measure}, from ${formatBytes(before)} to ${formatBytes(now)}`;
    // Whole numbers only: 5 % of it exactly is not above 5 %.
    const above = (limit: number): boolean =>
      BigInt(now - before) * 100_000n > BigInt(limit) * BigInt(before);
    return { known: true, actual: percent, text, above };
  },
};

/** Why there is nothing to compare, as a clause. */
function bothSizes({
  platform,
  baseline,
  measure,
}: Scene): string | { readonly now: number; readonly before: number } {
  if (baseline.kind === 'missing') return `there is no baseline: ${baseline.reason}`;
  const other = baseline.platforms.find((each) => each.platform === platform.platform);
  if (other === undefined) return `the baseline ${baseline.name} has no platform ${platform.platform}`;
  const [now, before] = [sizeOf(platform.layers, measure), sizeOf(other.layers, measure)];
  if (before === null) return `the ${measure} size of the baseline ${baseline.name} is not known`;
  return now === null ? `its ${measure} size is not known` : { now, before };
}

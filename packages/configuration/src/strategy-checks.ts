// What the schema cannot see about a strategy: numbers that together would never move anything.

import { parseDuration } from '@headgate/kit/quantities';
import { type Finding, type Path, showPath } from './finding.js';
import { memberOf } from './members.js';

/** `isApproved`: the environment says who approves. */
export function strategyFindings(target: unknown, place: Path, isApproved: boolean): readonly Finding[] {
  const strategy = memberOf(target, 'strategy');
  const path = [...place, 'strategy'];
  const finding: Find = (key, problem, cure) => [
    { path: [...path, key], at: 'value', message: `\`${showPath(path)}\`: ${problem}`, cure },
  ];
  switch (memberOf(strategy, 'type')) {
    case 'rolling': {
      if (isNothing(memberOf(strategy, 'batch') ?? 1))
        return finding('batch', 'a batch of 0 would replace nothing', 'Set `batch` to 1 or more.');
      const moves =
        !isNothing(memberOf(strategy, 'surge') ?? 1) || !isNothing(memberOf(strategy, 'unavailable') ?? 0);
      if (moves) return [];
      return finding(
        'surge',
        'surge 0 with unavailable 0 would replace nothing',
        'Set one of them to 1 or more.',
      );
    }
    case 'canary':
      return [
        ...stepFindings(memberOf(strategy, 'steps'), finding, isApproved),
        ...analysisFindings(strategy, finding),
      ];
    case 'ab':
      return [...signFindings(strategy, finding), ...analysisFindings(strategy, finding)];
    default:
      return [];
  }
}

function isNothing(amount: unknown): boolean {
  return Number.parseInt(String(amount), 10) === 0;
}

type Find = (key: string, problem: string, cure: string) => readonly Finding[];

function stepFindings(steps: unknown, finding: Find, isApproved: boolean): readonly Finding[] {
  const items: readonly unknown[] = Array.isArray(steps) ? steps : [];
  const paused = items.map((item) => isPause(item));
  if (paused[0] === true)
    return finding('steps', 'there is nothing to pause at before the first share', 'Write a share first.');
  if (paused.at(-1) === true)
    return finding('steps', 'nothing comes after the last pause', 'Write a share after it, such as 100%.');
  if (items.some((item) => isPause(item) && pausedFor(item) === 0))
    return finding('steps', 'a pause of nothing is none', 'Write a longer time, or leave it out.');
  if (!isApproved && items.some((item) => isPause(item) && pausedFor(item) === null))
    return finding('steps', 'nobody is named who could approve', 'Add `approval` to the environment.');
  const shares = items.filter((item) => !isPause(item)).map((text) => Number.parseFloat(String(text)));
  const back = shares.findIndex((share, index) => index > 0 && share <= (shares[index - 1] ?? 0));
  if (back < 0) return [];
  const problem = `${shares[back]}% comes after ${shares[back - 1]}%`;
  return finding('steps', problem, 'Write shares that grow, such as 5% for 2m, 25% for 5m, 100%.');
}

function isPause(item: unknown): boolean {
  return typeof item === 'string' ? item.startsWith('pause') : item !== null && typeof item === 'object';
}

/** Null for an approval. */
function pausedFor(item: unknown): number | null {
  const words = typeof item === 'string' ? item.replace(/^pause: ?/, '') : String(memberOf(item, 'pause'));
  return parseDuration(words);
}

function signFindings(strategy: unknown, finding: Find): readonly Finding[] {
  const given = ['header', 'cookie'].filter((key) => memberOf(strategy, key) !== undefined);
  if (given.length === 0)
    return finding('type', 'neither header nor cookie was given', 'Add one, such as `header: X-Variant`.');
  if (given.length > 1) return finding('cookie', 'both header and cookie were given', 'Remove one.');
  if (parseDuration(String(memberOf(strategy, 'for'))) !== 0) return [];
  return finding('for', 'nothing would be compared in no time', 'Write a longer time.');
}

/** Latency is judged of quantiles, which only a Prometheus has. */
function analysisFindings(strategy: unknown, finding: Find): readonly Finding[] {
  const analysis = memberOf(strategy, 'analysis');
  const zero = ['extend-for'].find((key) => parseDuration(String(memberOf(analysis, key))) === 0);
  if (zero !== undefined)
    return finding('analysis', `${zero} of no time extends nothing`, 'Write a longer time.');
  if (parseDuration(String(memberOf(strategy, 'pause-deadline'))) === 0)
    return finding('pause-deadline', 'nobody can approve in no time', 'Write a longer time.');
  const [latency, prometheus] = [memberOf(analysis, 'latency'), memberOf(analysis, 'prometheus')];
  if (parseDuration(String(memberOf(latency, 'worse'))) === 0)
    return finding(
      'analysis',
      'latency: worse of no time allows nothing',
      'Write a longer time, or a share.',
    );
  if (prometheus === undefined) {
    const quantile = memberOf(latency, 'quantile') ?? '50%';
    if (quantile === '50%') return [];
    return finding(
      'analysis',
      'the proxy knows averages only, no quantiles',
      'Remove `quantile`, or add `prometheus`.',
    );
  }
  const queries = ['canary-latency', 'baseline-latency'].map(
    (key) => memberOf(prometheus, key) !== undefined,
  );
  if (queries.every((has) => has === (latency !== undefined))) return [];
  return finding(
    'analysis',
    'latency and the queries canary-latency and baseline-latency belong together',
    'Write all of them, or none.',
  );
}

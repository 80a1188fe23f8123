// The page as a text: complete, alone, and silent about what there is nothing to tell of.
import { describe, expect, it } from '@jest/globals';
import { timeOf } from '../../src/report/approvals.js';
import { waysOf } from '../../src/report/chain.js';
import { partIds, renderReport } from '../../src/report/page.js';
import { bytesText } from '../../src/report/sizes.js';
import { runsOf } from '../../src/report/timeline.js';
import { job, run, step, story } from '../view/states.js';
import { deliveredStory, deployment, digest, hostile, image, record } from './delivered-story.js';

const at = '2026-11-21 08:40 UTC';
const idsOf = (page: string): readonly string[] =>
  [...page.matchAll(/<section id="([a-z]+)">/g)].map(([, id]) => id ?? '');

describe('the page', () => {
  it('has every part, in order', () => {
    expect(idsOf(renderReport(deliveredStory(), at))).toEqual([...partIds]);
  });

  it('leaves out parts that have nothing to show', () => {
    expect(idsOf(renderReport(story({ steps: [step('Pushed')] }), at))).toEqual(['steps']);
  });

  it('loads nothing and runs nothing, whatever names there are', () => {
    const page = renderReport(deliveredStory(hostile), at);

    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<(?:script|img|link|iframe|object|a) |<script|url\(|@import|\u202e/);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('says what was not as expected, line by line, and what was not played', () => {
    const page = renderReport(deliveredStory(), at);

    expect(page).toContain('<pre>first-release\nsecond line\n</pre>');
    expect(page).toContain('not played');
  });

  it('says why a run failed', () => {
    const page = renderReport(deliveredStory(), at);

    expect(page).toContain(
      'flow / first-release\n  first-release was not healthy\n  Raise the deadline.\n</pre>',
    );
  });
});

describe('the chain of digests', () => {
  it('follows one digest from the commit that built it into each environment', () => {
    const [way, ...others] = waysOf(deliveredStory());

    expect(others).toEqual([]);
    expect(way).toEqual({
      image: 'shop',
      digest: digest('a'),
      version: '1.0.0',
      commits: [
        { commit: '1'.repeat(40), built: true },
        { commit: '2'.repeat(40), built: false },
      ],
      stops: [
        { environment: 'staging', outcome: 'deployed', running: 0 },
        { environment: 'production', outcome: 'deployed', running: 2 },
      ],
    });
    expect(renderReport(deliveredStory(), at)).toContain('The same digest in staging and production');
  });

  it('does not call two digests one, and shows the newest first', () => {
    const other = { ...image(null), digest: digest('7') };
    const steps = [
      step('One', { record: record(1, { deployments: [deployment('staging')] }) }),
      step('Two', {
        record: record(2, {
          images: [other],
          deployments: [{ ...deployment('production'), digest: digest('7') }],
        }),
      }),
    ];
    const result = story({ steps });

    expect(waysOf(result).map((way) => way.digest)).toEqual([digest('7'), digest('a')]);
    expect(renderReport(result, at)).not.toContain('The same digest');
  });

  it('counts a delivery once when several steps show its record', () => {
    const steps = [step('One', { record: record(1) }), step('Two', { record: record(1) })];

    expect(waysOf(story({ steps }))[0]?.commits).toHaveLength(1);
  });
});

describe('the timeline', () => {
  it('shows each run once, in the order of their beginning', () => {
    const [first, second] = deliveredStory().steps;
    const runs = [...(second?.runs ?? []), ...(first?.runs ?? [])];

    expect(runsOf(story({ steps: [step('a', { runs }), step('b', { runs })] })).map(({ id }) => id)).toEqual([
      1, 2,
    ]);
  });

  it('tells of a run in which nothing began in the overview only', () => {
    const idle = run([job('flow / resume', { conclusion: 'skipped', startedAt: null })], {
      conclusion: 'skipped',
      completedAt: 0,
    });
    const page = renderReport(story({ steps: [step('A bot says something', { runs: [idle] })] }), at);

    expect(page).toContain('push #1 · skipped');
    expect(page).not.toContain('<details');
  });

  it('places a stage inside its run', () => {
    // The second run lasts from 10 to 20 s on an axis of 0 to 20 s.
    expect(renderReport(deliveredStory(), at)).toContain('style="left:50.00%;width:50.00%"');
  });
});

describe('figures', () => {
  it.each([
    [812, '812 B'],
    [999.6, '1.00 kB'],
    [48_200_000, '48.2 MB'],
    [704_000_000, '704.0 MB'],
    [2_500_000_000, '2.50 GB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it.each([
    ['2026-11-21T08:40:05.123Z', '2026-11-21 08:40:05'],
    ['soon', 'soon'],
  ])('the time %s is %s', (iso, text) => {
    expect(timeOf(iso)).toBe(text);
  });
});

// The time report as a summary shows it; nothing in a Dockerfile can break out of it.
import { createRedactor } from '@headgate/kit/secrets';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildReport } from '../src/build-report.js';
import { reportText, timesText } from '../src/build-report-text.js';
import { ganttChart } from '../src/gantt-chart.js';
import type { TimedStep } from '../src/timeline.js';
import { replay } from './recorded.js';

const none = createRedactor([]).redact;

function ran(name: string, seconds = 2): TimedStep {
  const runs = [{ startMs: 1000, endMs: 1000 + seconds * 1000 }];
  return { digest: name, name, inputs: [], runs, cached: false, error: null, moved: false };
}

describe('the time report', () => {
  it('has a title that says it all, the stages, a chart and one advice', () => {
    const text = reportText('Time of build', buildReport(replay('source-changed').trace.timeline()));

    expect(text).toContain('<summary>Time of build: 1.5 s, 6 of 9 steps cached');
    expect(text).toContain('copy only what those steps read');
    expect(text).toContain('| `lint` | 1.0 s | 0 of 2 | `COPY src ./src` | its files changed |');
    expect(text).toContain('```mermaid\ngantt\n  dateFormat x\n  axisFormat %M:%S\n  1 base :done, 37, 57\n');
  });

  it('counts as saved what an earlier build of the job took', () => {
    const builds = ['import-missing', 'import-local'].map((name) => ({
      step: name,
      steps: replay(name).trace.timeline(),
    }));

    expect(timesText(builds, none)).toContain('Cache: reading 0.1 s, writing 0.0 s, saved 3.1 s.');
    expect(timesText(builds.toReversed(), none)).toContain('8 cached steps would have taken is not known');
  });

  it('shows no secret', () => {
    const { redact } = createRedactor(['correct-horse-battery']);
    const text = reportText(
      'x',
      buildReport([ran('[a 1/1] RUN login correct-horse-battery'), ran('loading correct-horse-battery')]),
      redact,
    );

    expect(text).not.toContain('correct-horse');
  });

  it('stays one fold of three tables and a chart, whatever instructions and stages are called', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '```',
        '</details>',
        '` </details>',
        '``</details>`',
        '|',
        '<!--',
        'x\n\n# y',
        '`',
        '~~~',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (stage, instruction) => {
        const text = reportText(
          'x',
          buildReport([ran(`[${stage} 1/1] RUN ${instruction}`), ran(instruction)]),
        );
        expect(withoutCode(text).match(/<\/details>/g)).toHaveLength(1);
        expect(text.split('\n').filter((line) => /^ {0,3}(?:`{3}|~{3})/.test(line)).length % 2).toBe(0);
        expect(text.split('\n').some((line) => /^ {0,3}#/.test(line))).toBe(false);
      }),
    );
  });

  it('stays small for a file of thousands of stages', () => {
    const steps = Array.from({ length: 5000 }, (_, index) =>
      ran(`[stage-${index} 1/1] RUN ${'x'.repeat(500)}`),
    );

    expect(reportText('x', buildReport(steps)).length).toBeLessThan(30_000);
  });
});

/** A text without its inline code, as CommonMark finds it: up to the next run of as many backticks. */
function withoutCode(text: string): string {
  return text.replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
}

describe('the chart', () => {
  it('keeps names out of the language of mermaid', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('click x', 'section', '%%{init}', ':a, b;')),
        (name) => {
          const { stages } = buildReport([ran(`[${name} 1/1] RUN x`)]);
          for (const line of ganttChart(stages).split('\n').slice(4, -3))
            expect(line).toMatch(/^ {2}\d+ [A-Za-z0-9._/ -]+ :(?:done, )?\d+, \d+$/);
        },
      ),
    );
  });

  it('is left out when no stage took time', () => {
    expect(ganttChart(buildReport([]).stages)).toBe('');
  });
});

// JUnit reports as parts of the record: one for each report, and one for each failure that it tells.
import type { JUnitReport } from './junit.js';
import type { TestPart } from './record-parts.js';
import { counted } from './summary.js';

/** As the record's schema has it. */
const nameLimit = 255;

export interface ReportContext {
  readonly stage: TestPart['stage'];
  /** Cuts out secrets: whatever a test says is hostile text. */
  readonly redact: (text: string) => string;
}

/** @param reports by the path that people know each by */
export function junitParts(
  reports: ReadonlyMap<string, JUnitReport>,
  { stage, redact }: ReportContext,
): readonly TestPart[] {
  return [...reports].flatMap(([path, report]): readonly TestPart[] => {
    const { tests, failed, skipped, seconds, failures } = report;
    const name = redact(path).slice(0, nameLimit);
    const detail = `${counted(tests, 'test')}, ${failed} failed, ${skipped} skipped, ${seconds.toFixed(2)} s`;
    const failing = failures.map((failure): TestPart => {
      const own = `${name}: ${redact(failure.name)}`.slice(0, nameLimit);
      return { name: own, stage, outcome: 'failed', detail: redact(failure.message) };
    });
    return [{ name, stage, outcome: failed === 0 ? 'passed' : 'failed', detail }, ...failing];
  });
}

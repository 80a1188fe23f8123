// JUnit XML as test runners write it: how many ran, which failed. There is no schema; this reads what all of them share.
import sax from 'sax';

export interface JUnitReport {
  readonly tests: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of all test cases. */
  readonly seconds: number;
  /** The first failures; hostile text. */
  readonly failures: readonly JUnitFailure[];
}

export interface JUnitFailure {
  readonly name: string;
  readonly message: string;
}

const failuresShown = 50;
const nameLimit = 200;
const messageLimit = 1_000;

/** Null when it is no JUnit report, or not well-formed. Entities that the file itself declares are not expanded. */
export function parseJUnit(text: string): JUnitReport | null {
  const reader = createReader();
  const parser = sax.parser(true);
  parser.onopentag = ({ name, attributes }) => reader.open({ name, attributes: valuesOf(attributes) });
  parser.ontext = reader.text;
  parser.oncdata = reader.text;
  parser.onclosetag = reader.close;
  parser.onerror = (error) => {
    throw error;
  };
  try {
    parser.write(text).close();
  } catch {
    return null;
  }
  return reader.report();
}

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

function valuesOf(attributes: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  );
}

interface OpenCase {
  readonly name: string;
  outcome: 'passed' | 'failed' | 'skipped';
  message: string;
}

interface Reader {
  readonly open: (tag: Tag) => void;
  readonly text: (words: string) => void;
  readonly close: (name: string) => void;
  readonly report: () => JUnitReport | null;
}

function createReader(): Reader {
  let root = '';
  let current: OpenCase | null = null;
  let inFailure = false;
  const sum = createSum();
  return {
    open: ({ name, attributes }) => {
      root ||= name;
      if (name === 'testcase') current = sum.begin(attributes);
      if (current === null) return;
      if (name === 'skipped' && current.outcome === 'passed') current.outcome = 'skipped';
      if (name !== 'failure' && name !== 'error') return;
      inFailure = current.outcome !== 'failed';
      current.outcome = 'failed';
      if (inFailure) current.message = (attributes.get('message') ?? '').slice(0, messageLimit);
    },
    text: (words) => {
      if (current === null || !inFailure || current.message.length >= messageLimit) return;
      // Many runners say the same in the attribute and first in the text.
      const more = words.trim().slice(0, messageLimit);
      current.message = more.startsWith(current.message) ? more : `${current.message}\n${more}`;
    },
    close: (name) => {
      if (name === 'failure' || name === 'error') inFailure = false;
      if (name !== 'testcase' || current === null) return;
      sum.end(current);
      current = null;
    },
    report: () => (root === 'testsuites' || root === 'testsuite' ? sum.report() : null),
  };
}

interface Sum {
  begin(attributes: ReadonlyMap<string, string>): OpenCase;
  end(finished: OpenCase): void;
  report(): JUnitReport;
}

function createSum(): Sum {
  const counts = { tests: 0, failed: 0, skipped: 0, seconds: 0 };
  const failures: JUnitFailure[] = [];
  return {
    begin: (attributes) => {
      const read = (key: string): string => attributes.get(key) ?? '';
      const [classname, name] = [read('classname'), read('name')];
      const seconds = Number(read('time').replaceAll(',', ''));
      counts.tests += 1;
      if (Number.isFinite(seconds) && seconds > 0) counts.seconds += seconds;
      const full = classname === '' || name.startsWith(classname) ? name : `${classname} ${name}`;
      return { name: oneLine(full) || 'unnamed', outcome: 'passed', message: '' };
    },
    end: ({ name, outcome, message }) => {
      if (outcome === 'skipped') counts.skipped += 1;
      if (outcome !== 'failed') return;
      counts.failed += 1;
      if (failures.length < failuresShown)
        failures.push({ name, message: message.trim().slice(0, messageLimit) });
    },
    report: () => ({ ...counts, failures }),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, nameLimit);
}

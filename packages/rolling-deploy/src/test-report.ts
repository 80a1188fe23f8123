// What people read of the tests of a deployment.
import { code, codeBlock, details, escapeMarkdown, table } from '@headgate/kit/summary';
import { inShort } from './test-verdict.js';
import type { TestedPart } from './tests.js';

/** A table, and the last lines of those that failed; they are without secrets already. */
export function testsOf(parts: readonly TestedPart[]): string {
  if (parts.length === 0) return '';
  const rows = parts.map(({ test }) => {
    const outcome = test.outcome === 'passed' ? 'passed' : '**failed**';
    return [code(test.name), outcome, escapeMarkdown(inShort(test))];
  });
  const shown = parts.filter(({ test, lines }) => test.outcome === 'failed' && lines.length > 0);
  const lines = shown.map(({ test, lines: last }) =>
    details(
      `Last log lines of the ${test.name.includes('/') ? 'hook' : 'test'} ${test.name}`,
      codeBlock(last.join('\n')),
    ),
  );
  return [table(['Test or hook', 'Outcome', ''], rows), ...lines].join('');
}

// What people read of a plan: the dangerous first, never above the limit, nothing of it able to break out.

import { maxCommentLength } from '@headgate/kit/sticky-comment';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Action, Change } from '../src/changes.js';
import type { PlanDocument } from '../src/plan-document.js';
import { planMarkdown } from '../src/report.js';

const plain = { redact: (text: string) => text };
const change = (action: Action, address: string, value = '"x"'): Change => ({
  address,
  action,
  movedFrom: null,
  imported: false,
  attributes: [{ name: 'a', before: '', after: value }],
  more: 0,
});

function show(changes: readonly Change[], limit = maxCommentLength, redactor = plain): string {
  const document: PlanDocument = {
    changes,
    counts: { add: 0, change: 0, destroy: 0 },
    outputs: [],
    secrets: [],
    meaningDigest: '',
  };
  const fixed = {
    environment: 'staging',
    directory: 'infra',
    workspace: 'default',
    tool: 'Terraform 1.11.4',
  };
  return planMarkdown({ ...fixed, fileDigest: 'sha256:1', document, runUrl: 'https://x/1' }, limit, redactor);
}

describe('planMarkdown', () => {
  it('shows deletes and replacements before updates and creates', () => {
    const text = show([
      change('create', 'c'),
      change('update', 'u'),
      change('replace', 'r'),
      change('delete', 'd'),
    ]);

    expect([...text.matchAll(/<summary>(\w+)/g)].map(([, word]) => word)).toEqual([
      'delete',
      'replace',
      'update',
      'create',
    ]);
  });

  it('says that nothing changes', () => {
    expect(show([])).toContain('Nothing changes.');
  });

  it('never has more characters than allowed, closes every fold, and says how many are missing', () => {
    const entry = fc.tuple(
      fc.constantFrom<Action>('create', 'delete'),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.nat(4000),
    );
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 60 }),
        fc.integer({ min: 2000, max: 20_000 }),
        (entries, limit) => {
          const changes = entries.map(([action, address, length]) =>
            change(action, address, 'é'.repeat(length)),
          );
          const text = show(changes, limit);
          expect(text.length).toBeLessThanOrEqual(limit);
          expect(text.split('<details>').length).toBe(text.split('</details>').length);
          const shown = text.split(/<details>|^- /m).length - 1;
          const missing = Number(/_(\d+) more are not shown/.exec(text)?.[1] ?? 0);
          expect(shown + missing).toBe(changes.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('fits five thousand resources into a comment', () => {
    const changes = Array.from({ length: 5000 }, (_, index) => change('create', `a.b[${index}]`));

    expect(show(changes).length).toBeLessThanOrEqual(maxCommentLength);
  });

  it('lets no address become markup, mention or command', () => {
    const text = show([change('create', '</summary><script>@all\n::error::x')]);

    expect(text).not.toContain('<script>');
    expect(text).not.toContain('@all');
    expect(text).not.toMatch(/^::/m);
  });

  it('takes known secrets out of addresses and values that nobody marked', () => {
    const text = show([change('create', 'a["hunter2"]', '"hunter2"')], 5000, {
      redact: (each: string) => each.replaceAll('hunter2', '***'),
    });

    expect(text).not.toContain('hunter2');
  });
});

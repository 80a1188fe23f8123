import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeHtml, formatPrice, renderPage } from '../src/page.ts';

test('prices have two decimals and grouped thousands', () => {
  assert.equal(formatPrice(3_450), '€34.50');
  assert.equal(formatPrice(1_249_000), '€12,490.00');
  assert.equal(formatPrice(5), '€0.05');
});

test('text cannot become markup', () => {
  assert.equal(escapeHtml(`<b a="1" c='2'>&`), '&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;');
  assert.ok(!renderPage({ version: '<script>', commit: 'abc' }).includes('<script>'));
});

test('the page names the release, with a short commit', () => {
  const page = renderPage({ version: '1.2.3', commit: '0123456789abcdef' });

  assert.ok(page.includes('Version 1.2.3, commit 0123456<'));
});

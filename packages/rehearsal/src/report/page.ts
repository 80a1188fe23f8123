// The report of a rehearsal as one HTML file: it loads nothing, runs nothing, and shows every name as text.
import type { StoryResult } from '../story/result.js';
import { approvals } from './approvals.js';
import { chain } from './chain.js';
import { html, section } from './html.js';
import { headline, mails, steps } from './outline.js';
import { sizes } from './sizes.js';
import { style } from './style.js';
import { timeline } from './timeline.js';
import { traffic } from './traffic.js';

/** Parts of the page by their id, in their order; a part with nothing to show is left out. */
export const partIds = ['steps', 'chain', 'approvals', 'traffic', 'timeline', 'sizes', 'mail'] as const;

/**
 * The whole page.
 * @param at when it was rehearsed, for people: `2026-11-21 08:40 UTC`
 */
export function renderReport(result: StoryResult, at: string): string {
  const sheet = { kind: 'html', text: style } as const;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${result.story}: ${result.ok ? 'as expected' : 'not as expected'}</title>
<style>${sheet}</style>
</head>
<body>
${headline(result, at)}
<main>
${section('steps', 'What was done', steps(result))}${section('chain', 'From commit to running', chain(result))}${section('approvals', 'Approvals', approvals(result))}${section('traffic', 'Traffic during the swaps', traffic(result.traffic))}${section('timeline', 'Time', timeline(result))}${section('sizes', 'Image sizes', sizes(result))}${section('mail', 'Mail', mails(result))}</main>
</body>
</html>
`;
  return page.text;
}

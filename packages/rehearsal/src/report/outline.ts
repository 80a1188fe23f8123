// The head of the report: the verdict, the figures that count, and what was done step by step.
import type { StoryResult } from '../story/result.js';
import { duration, number } from '../view/text.js';
import { dataTable, type Html, html, linesOf, nothing } from './html.js';

export function headline(result: StoryResult, at: string): Html {
  const verdict = result.ok ? 'Everything as expected' : 'Not as expected';
  return html`<header><h1>${result.story}</h1>
<p class="verdict ${result.ok ? 'good' : 'bad'}">${verdict}</p>
<p class="soft">Rehearsed on one machine, ${at}, ${duration(result.seconds)}</p></header>
${figures(result)}`;
}

function figures({ load, running, mail, repository, backMerge }: StoryResult): Html {
  const counted = load?.window ?? load;
  const facts: (readonly [string, string])[] = [];
  if (counted !== null && counted !== undefined) {
    facts.push([`of ${number(counted.requests)} requests failed`, number(counted.failed)]);
    facts.push(['99 of 100 requests answered within', `${counted.p99ms.toFixed(0)} ms`]);
  }
  const instances = running.reduce((total, each) => total + each.instances, 0);
  if (instances > 0) facts.push(['instances running at the end', number(instances)]);
  if (repository.tags.length > 0) {
    facts.push(['newest tag', repository.tags.at(-1) ?? '']);
    facts.push([`everything of ${backMerge.branch} is in ${backMerge.into}`, backMerge.done ? 'yes' : 'no']);
  }
  if (mail.length > 0) facts.push([mail.length === 1 ? 'mail sent' : 'mails sent', number(mail.length)]);
  if (facts.length === 0) return nothing;
  return html`<dl class="figures">${facts.map(
    ([what, value]) => html`<div><dt>${what}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

export function steps(result: StoryResult): Html {
  const played = result.steps.map(
    (step) =>
      html`<li class="${step.ok ? 'good' : 'bad'}"><span>${step.name}</span> <span class="soft">${duration(step.seconds)}</span>${step.problems.map(
        (problem) => html`<pre>${linesOf(problem.split('\n'))}</pre>`,
      )}</li>\n`,
  );
  const left = result.notPlayed.map(
    (name) => html`<li class="rest"><span>${name}</span> <span class="soft">not played</span></li>\n`,
  );
  return html`<ol class="steps">${played}${left}</ol>`;
}

export function mails({ mail }: StoryResult): Html {
  if (mail.length === 0) return nothing;
  return dataTable(
    [{ title: 'to' }, { title: 'subject' }],
    mail.map(({ to, subject }) => [to, subject]),
  );
}

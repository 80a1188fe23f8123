// Liquid with data escaped for each format; templates can neither read files nor switch the escaping off.
import { ActionError } from '@headgate/kit/errors';
import { Liquid } from 'liquidjs';
import { builtInHtml, builtInSubject, builtInText, htmlAroundText } from './built-in.js';
import { htmlText, oneLine, plainText } from './escaping.js';
import type { MessageScope } from './message-scope.js';

export interface Templates {
  /** '' for the built-in one, each of them. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Message {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

type Escaper = (value: unknown) => string;

/** Every other tag writes without the escaper (echo, cycle, increment …) or reads files (render, include, layout). */
const tags = ['if', 'unless', 'case', 'for', 'break', 'continue', 'assign', 'capture', 'comment', '#'];

/** Longest subject, in characters: mail clients and chat titles cut much earlier. */
const longestSubject = 200;

/**
 * Renders subject, text and HTML.
 * @throws {ActionError} `template-invalid`: what Liquid cannot read, a variable that does not exist, or a rendering
 * above the limits of time and memory; `subject-invalid`: a subject that is empty or not one line.
 */
export function renderMessage(templates: Templates, scope: MessageScope): Message {
  const subject = renderSubject(templates.subject || builtInSubject(scope.event), scope);
  const all = { ...scope, headline: subject };
  const text = render('template', templates.text || builtInText, { scope: all, escaper: plainText });
  const ownText = templates.text !== '' && templates.html === '';
  const html = ownText
    ? render('html-template', htmlAroundText, { scope: { ...all, body: text }, escaper: htmlText })
    : render('html-template', templates.html || builtInHtml, { scope: all, escaper: htmlText });
  return { subject, text: text.replace(/\n{3,}/g, '\n\n').trim(), html };
}

function renderSubject(template: string, scope: MessageScope): string {
  const subject = render('subject', template, { scope, escaper: oneLine }).trim();
  const good = subject !== '' && !/[\p{Cc}\u2028\u2029]/u.test(subject);
  if (good)
    return subject.length <= longestSubject
      ? subject
      : `${subject.slice(0, longestSubject - 1)}…`.toWellFormed();
  throw new ActionError({
    code: 'subject-invalid',
    message: `subject: one line of text was expected, ${JSON.stringify(subject.slice(0, 80))} was rendered`,
    hint: 'Keep line breaks out of `subject`, and see that the values it names are not all empty.',
  });
}

function render(
  input: string,
  template: string,
  { scope, escaper }: { scope: object; escaper: Escaper },
): string {
  try {
    return createEngine(escaper).parseAndRenderSync(template, scope) as string;
  } catch (cause) {
    throw new ActionError({
      code: 'template-invalid',
      message: `${input}: ${cause instanceof Error ? plainText(cause.message).slice(0, 400) : 'it cannot be rendered'}`,
      hint: 'See the variables in the README; write {% if data.x %} around what may be absent.',
      cause,
    });
  }
}

function createEngine(escaper: Escaper): Liquid {
  const engine = new Liquid({
    outputEscape: escaper,
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    jsTruthy: true,
    templates: {},
    parseLimit: 128 * 1024,
    renderLimit: 2000,
    memoryLimit: 16 * 1024 * 1024,
  });
  for (const name of Object.keys(engine.tags)) if (!tags.includes(name)) delete engine.tags[name];
  engine.registerFilter('raw', () => {
    throw new Error('the filter raw is not available: data is always escaped');
  });
  return engine;
}

// Parsed YAML with expressions still inside: what the file says, where, and how to evaluate it.
import { toText } from './data.js';
import { evaluateExpression, type Scope } from './expression.js';
import { problem } from './problem.js';

export interface Position {
  readonly file: string;
  readonly line: number;
}

export type Template =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly at: Position }
  | { readonly kind: 'expression'; readonly text: string; readonly at: Position }
  | { readonly kind: 'sequence'; readonly items: readonly Template[]; readonly at: Position }
  | { readonly kind: 'mapping'; readonly entries: readonly TemplateEntry[]; readonly at: Position };

export interface TemplateEntry {
  readonly key: Template;
  readonly value: Template;
}

/** `file:line`, for messages. */
export function placeOf(at: Position): string {
  return `${at.file}:${at.line}`;
}

/** The value with all expressions evaluated, as plain data. */
export function evaluateTemplate(template: Template, scope: Scope): unknown {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return evaluateExpression(template.text, scope, placeOf(template.at));
    case 'sequence':
      return template.items.map((item) => evaluateTemplate(item, scope));
    case 'mapping':
      return Object.fromEntries(
        template.entries.map(({ key, value }) => [
          toText(evaluateTemplate(key, scope)),
          evaluateTemplate(value, scope),
        ]),
      );
  }
}

/** As `evaluateTemplate`, made a string as GitHub does; a missing template is ''. */
export function evaluateText(template: Template | null, scope: Scope): string {
  return template === null ? '' : toText(evaluateTemplate(template, scope));
}

/** A mapping of strings (env, with, outputs), each value evaluated on its own. */
export function evaluateTexts(template: Template | null, scope: Scope): Record<string, string> {
  if (template === null) return {};
  const value = evaluateTemplate(template, scope);
  if (value === null || value === '') return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw problem('expression-failed', `${placeOf(template.at)}: a mapping was expected`, 'Give an object.');
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toText(item)]));
}

/** The entries of a mapping whose keys are literal, in order. */
export function entriesOf(template: Template | null): readonly (readonly [string, Template])[] {
  if (template?.kind !== 'mapping') return [];
  return template.entries.map(({ key, value }) => {
    if (key.kind !== 'literal') {
      throw problem(
        'unsupported-feature',
        `${placeOf(key.at)}: an expression as a key is not supported`,
        'Write the key out.',
      );
    }
    return [String(key.value), value] as const;
  });
}

/** One value of a mapping, by its literal key. */
export function childOf(template: Template | null, name: string): Template | null {
  return entriesOf(template).find(([key]) => key === name)?.[1] ?? null;
}

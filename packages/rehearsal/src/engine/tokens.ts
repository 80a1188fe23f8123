// From the tokens of GitHub's parser to templates; the one place that knows both.
import {
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isSequence,
  isString,
} from '@actions/workflow-parser';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { TokenType } from '@actions/workflow-parser/templates/tokens/types';
import { problem } from './problem.js';
import { type Position, placeOf, type Template } from './template.js';

/** A token and all below it as a template. Throws `unsupported-feature` for `${{ insert }}`. */
export function toTemplate(token: TemplateToken, file: string): Template {
  const at: Position = { file, line: token.line ?? 0 };
  if (isMapping(token)) {
    const entries = [...token].map((pair) => ({
      key: toTemplate(pair.key, file),
      value: toTemplate(pair.value, file),
    }));
    return { kind: 'mapping', entries, at };
  }
  if (isSequence(token))
    return { kind: 'sequence', items: [...token].map((item) => toTemplate(item, file)), at };
  if (isBasicExpression(token)) return { kind: 'expression', text: token.expression, at };
  if (isString(token) || isNumber(token) || isBoolean(token))
    return { kind: 'literal', value: token.value, at };
  if (token.templateTokenType === TokenType.Null) return { kind: 'literal', value: null, at };
  throw problem(
    'unsupported-feature',
    `${placeOf(at)}: \`\${{ insert }}\` is not supported by the rehearsal`,
    'Write the entries out.',
  );
}

// From the schema's findings to problems that people can act on: unknown keys by name, the rest by what was expected.

import { nearestName } from '@headgate/kit/nearest-name';
import * as v from 'valibot';
import { type Finding, isMapping, type Path, showPath } from './finding.js';
import { keyFindings, type Node } from './keys.js';

/**
 * Everything about `value` that the schema refuses: all unknown keys (valibot stops at the first), wrong types, missing
 * keys, malformed names.
 */
export function shapeFindings(schema: v.GenericSchema, value: unknown): readonly Finding[] {
  const result = v.safeParse(schema, value);
  const issues = (result.issues ?? []).flatMap((issue) => issueFindings(issue, []));
  const keys = keyFindings(schema as Node, value, []);
  const lists = keys.filter(({ at }) => at === 'value').map(({ path }) => path);
  return [...keys, ...issues.filter(({ path }) => !lists.some((list) => startsWith(path, list)))];
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

function issueFindings(issue: v.BaseIssue<unknown>, above: Path): readonly Finding[] {
  const steps = (issue.path ?? []) as readonly { readonly origin?: string; readonly key?: unknown }[];
  const path = [
    ...above,
    ...steps.map((step) => (typeof step.key === 'number' ? step.key : String(step.key))),
  ];
  if (issue.type === 'strict_object' && issue.expected === 'never') return [];
  if (issue.type === 'strict_object' && steps.at(-1)?.origin === 'key') return [missingKey(path)];
  if (issue.type === 'union' && isMapping(issue.input)) {
    return (issue.issues ?? [])
      .filter((inner) => inner.path !== undefined)
      .flatMap((inner) => issueFindings(inner, path));
  }
  const where = path.length === 0 ? 'the file' : `\`${showPath(path)}\``;
  if (isSecretPlace(path) && !isMapping(issue.input)) {
    const message = `${where}: {secret: NAME} was expected, found ${Array.isArray(issue.input) ? 'a list' : 'a value'}`;
    const cure = 'Put the value into the secret, take it out of the history, and write its name here.';
    return [{ path, at: 'value', message, cure }];
  }
  const expected = expectation(issue);
  const at = steps.at(-1)?.origin === 'key' ? 'key' : 'value';
  return [
    {
      path,
      at,
      message: `${where}: ${expected} was expected, found ${show(issue.input)}`,
      cure: cureFor(issue),
    },
  ];
}

/** Where a value would be a secret in plain text: it is not quoted. */
function isSecretPlace(path: Path): boolean {
  const [last, parent] = [path.at(-1), path.at(-2)];
  return (
    ['secrets', 'secret-variables', 'secret-environment'].includes(String(parent)) ||
    (path[0] === 'notifications' && (last === 'password' || last === 'secret') && path.length === 3)
  );
}

function missingKey(path: Path): Finding {
  const parent = path.slice(0, -1);
  const where = parent.length === 0 ? 'the file' : `\`${showPath(parent)}\``;
  const key = String(path.at(-1));
  return {
    path: parent,
    at: 'key',
    message: `${where} lacks the key \`${key}\``,
    cure: `Add \`${key}:\` there.`,
  };
}

function expectation(issue: v.BaseIssue<unknown>): string {
  switch (issue.type) {
    case 'strict_object':
    case 'record':
      return 'a mapping of keys to values';
    case 'array':
      return 'a list';
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'union':
      return unionExpectation(issue.path ?? []);
    case 'variant':
      return issue.expected === 'Object' ? 'a mapping of keys to values' : choicesOf(issue);
    case 'picklist':
    case 'literal':
      return choicesOf(issue);
    default:
      // Checks in a pipe carry their expectation as their message.
      return issue.message;
  }
}

function choicesOf({ expected }: v.BaseIssue<unknown>): string {
  return (expected ?? '').replaceAll(/[()"]/g, '').replaceAll(' | ', ' or ');
}

/** Unions are few, and their keys tell them apart better than their types would. */
function unionExpectation(path: readonly { readonly key?: unknown }[]): string {
  const key = path.at(-1)?.key;
  if (key === 'smoke') return 'a list of arguments, or a mapping of builders to such lists';
  if (key === 'tool') return 'terraform, tofu or {var: NAME}';
  if (key === 'port') return 'a number or {var: NAME}';
  if (key === 'on') return 'request or {pull-request: BRANCH}';
  return key === 'url' && path[0]?.key === 'notifications'
    ? 'text, {var: NAME} or {secret: NAME}'
    : 'text or {var: NAME}';
}

function cureFor(issue: v.BaseIssue<unknown>): string {
  const scalar = typeof issue.input === 'number' || typeof issue.input === 'boolean';
  if ((issue.type === 'string' || issue.type === 'union') && scalar)
    return `Put it in quotes: '${String(issue.input)}'.`;
  if ((issue.type === 'picklist' || issue.type === 'variant') && typeof issue.input === 'string') {
    const near = nearestName(issue.input, (issue.expected ?? '').match(/[^()"| ]+/g) ?? []);
    if (near !== null) return `Write \`${near}\`.`;
  }
  if (issue.type === 'array' && typeof issue.input === 'string')
    return `Write [${issue.input.trim().split(/\s+/).join(', ')}].`;
  return 'Correct the value.';
}

function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = String(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return typeof value === 'string' ? `the text ${JSON.stringify(short)}` : `the ${typeof value} ${short}`;
}

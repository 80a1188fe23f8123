// Compares an action.yml with the code: the same inputs, outputs and defaults, all of them described.
import { readFileSync } from 'node:fs';
import type { InputSpecs } from '../inputs.js';
import { commonOutputNames } from '../outputs.js';
import { parseYaml } from '../yaml.js';

export interface ContractSides {
  /** Path of action.yml. */
  readonly file: string;
  readonly specs: InputSpecs;
  readonly outputNames: readonly string[];
}

interface Declared {
  readonly description?: unknown;
  readonly default?: unknown;
  readonly required?: unknown;
}

/**
 * Every difference, one sentence each; an empty list is what a contract test expects.
 * `leg-id` may be declared as an output or not; `entry-file` and `result` must be.
 */
export function contractProblems({ file, specs, outputNames }: ContractSides): readonly string[] {
  const action = parseYaml(readFileSync(file, 'utf8'), { source: file }) as Record<string, unknown>;
  const inputs = (action['inputs'] ?? {}) as Record<string, Declared>;
  const outputs = (action['outputs'] ?? {}) as Record<string, Declared>;
  const expected = [...new Set([...outputNames, ...commonOutputNames])];
  const declared = Object.keys(outputs).filter((name) => name !== 'leg-id' || expected.includes('leg-id'));
  return [
    ...differences('input', Object.keys(inputs), Object.keys(specs)),
    ...differences('output', declared, expected),
    ...Object.entries(inputs).flatMap(([name, input]) => inputProblems(name, input, specs)),
    ...Object.entries(outputs).flatMap(([name, output]) =>
      described(output) ? [] : [`output ${name} has no description`],
    ),
    ...metadataProblems(action),
  ];
}

function differences(what: string, declared: readonly string[], coded: readonly string[]): readonly string[] {
  return [
    ...declared
      .filter((name) => !coded.includes(name))
      .map((name) => `${what} ${name} is in action.yml and not in the code`),
    ...coded
      .filter((name) => !declared.includes(name))
      .map((name) => `${what} ${name} is in the code and not in action.yml`),
  ];
}

function inputProblems(name: string, input: Declared, specs: InputSpecs): readonly string[] {
  const spec = specs[name];
  const problems: string[] = [];
  if (!described(input)) problems.push(`input ${name} has no description`);
  if (typeof input.required !== 'boolean') problems.push(`input ${name} does not say whether it is required`);
  if (input.default === undefined && input.required !== true) problems.push(`input ${name} has no default`);
  if (spec === undefined) return problems;
  if (input.default !== undefined && String(input.default) !== spec.default) {
    problems.push(
      `input ${name} defaults to ${JSON.stringify(input.default)} in action.yml and to ${JSON.stringify(spec.default)} in the code`,
    );
  }
  if ((input.required === true) !== (spec.required === true))
    problems.push(`input ${name} is required on one side only`);
  return problems;
}

function metadataProblems(action: Record<string, unknown>): readonly string[] {
  const runs = (action['runs'] ?? {}) as Record<string, unknown>;
  const branding = (action['branding'] ?? {}) as Record<string, unknown>;
  return [
    ...(runs['using'] === 'node24' ? [] : ['runs.using is not node24']),
    ...(runs['main'] === 'dist/index.js' ? [] : ['runs.main is not dist/index.js']),
    ...['name', 'description']
      .filter((key) => typeof action[key] !== 'string')
      .map((key) => `${key} is missing`),
    ...['icon', 'color']
      .filter((key) => typeof branding[key] !== 'string')
      .map((key) => `branding.${key} is missing`),
  ];
}

function described({ description }: Declared): boolean {
  return typeof description === 'string' && description.trim() !== '';
}

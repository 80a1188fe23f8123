// What FROM sees: ARG before the first FROM, the arguments given, and those that BuildKit predefines.
import { nearestName } from '@headgate/kit/nearest-name';
import type { Dockerfile } from './dockerfile.js';
import { DockerfileError, shown } from './dockerfile-error.js';
import { type Expanded, expand } from './expansion.js';
import { readPairs } from './pairs.js';
import { formatPlatform, type Platform } from './platform.js';

export interface GlobalScope {
  readonly values: ReadonlyMap<string, string>;
  /** Names of ARG before FROM, with or without a value, and the line of each. */
  readonly declared: ReadonlyMap<string, number>;
}

export interface GlobalFacts {
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly target: Platform;
  readonly build: Platform;
  /** The stage asked for, else the last one's name. */
  readonly stage: string;
}

/** @throws {DockerfileError} `variable-invalid` */
export function readGlobalScope({ globals }: Dockerfile, facts: GlobalFacts): GlobalScope {
  const { buildArgs } = facts;
  const values = new Map(predefined(facts).map(([name, value]) => [name, buildArgs.get(name) ?? value]));
  const declared = new Map<string, number>();
  for (const instruction of globals) {
    for (const { name, value } of readPairs(instruction)) {
      const given = buildArgs.get(name);
      declared.set(name, instruction.line);
      if (given !== undefined) values.set(name, given);
      else if (value !== null) {
        const { line, escapeToken } = instruction;
        values.set(name, expandAt(value, { line, escapeToken, values }).text);
      }
    }
  }
  return { values, declared };
}

function predefined({ target, build, stage }: GlobalFacts): readonly (readonly [string, string])[] {
  const of = (prefix: string, platform: Platform): readonly (readonly [string, string])[] => [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}OSVERSION`, ''],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant],
  ];
  return [...of('BUILD', build), ...of('TARGET', target), ['TARGETSTAGE', stage === '' ? 'default' : stage]];
}

interface ExpansionPlace {
  readonly line: number;
  readonly escapeToken: string;
  readonly values: ReadonlyMap<string, string>;
}

/** @throws {DockerfileError} `variable-invalid` */
export function expandAt(text: string, { line, escapeToken, values }: ExpansionPlace): Expanded {
  const expansion = expand(text, { escapeToken, lookUp: (name) => values.get(name) });
  if (expansion.ok) return expansion;
  throw new DockerfileError({
    code: 'variable-invalid',
    line,
    message: `The variables of ${shown(text)} cannot be expanded: ${expansion.problem}.`,
    hint: 'Correct the substitution, or give the argument a value.',
  });
}

/** ` (did you mean X?)` or nothing. */
export function nearHint(name: string, known: Iterable<string>): string {
  const near = nearestName(name.slice(0, 60), [...known].slice(0, 200));
  return near === null ? '' : `; did you mean ${near}?`;
}

// What each stage starts from: an earlier stage or an image. Source: BuildKit, dockerfile2llb/convert.go.
import { checkRulesIn } from './directives.js';
import type { Dockerfile, Stage } from './dockerfile.js';
import { DockerfileError, shown } from './dockerfile-error.js';
import { expandAt, type GlobalScope, nearHint } from './global-scope.js';
import { formatPlatform, type Platform, parsePlatform } from './platform.js';
import type { WarningSink } from './warnings.js';

export interface Base {
  /** Variables expanded. */
  readonly reference: string;
  /** Index of the stage it is; null for an image and for `scratch`. */
  readonly stage: number | null;
  /** `os/architecture`; null where the target's platform counts. */
  readonly platform: string | null;
}

interface BaseFacts {
  readonly scope: GlobalScope;
  readonly target: Platform;
  readonly warnings: WarningSink;
}

/** @throws {DockerfileError} `base-empty`, `platform-invalid`, `variable-invalid` */
export function readBases({ stages }: Dockerfile, facts: BaseFacts): readonly Base[] {
  // FROM sees earlier stages only, and compares their lower-case names with what is written.
  const earlier = new Map<string, number>();
  const lastOf = new Map(
    stages.flatMap(({ name, index }) => (name === null ? [] : [[name, index] as const])),
  );
  const bases: Base[] = [];
  for (const stage of stages) {
    const reference = readReference(stage, facts);
    const own = readPlatform(stage, facts);
    const index = earlier.get(reference) ?? null;
    if (index === null) warnNearStage(stage, reference, { earlier, lastOf, warnings: facts.warnings });
    const inherited = index === null ? null : bases[index];
    bases.push({ reference, stage: index, platform: inherited == null ? own : inherited.platform });
    if (stage.name !== null) earlier.set(stage.name, stage.index);
  }
  return bases;
}

function readReference(stage: Stage, facts: BaseFacts): string {
  const { text, unset } = expandFrom(stage, stage.base, facts);
  if (text !== '') return text;
  const [name = ''] = unset;
  throw new DockerfileError({
    code: 'base-empty',
    line: stage.line,
    message: `FROM needs an image or a stage; ${shown(stage.base)} is empty${nearHint(name, facts.scope.declared.keys())}.`,
    hint: 'Give the argument a default before the first FROM, or a value with --build-arg.',
  });
}

function readPlatform(stage: Stage, facts: BaseFacts): string | null {
  if (stage.platform === null || stage.platform === '') return null;
  const { text } = expandFrom(stage, stage.platform, facts);
  const platform = text === '' ? null : parsePlatform(text, facts.target);
  if (platform !== null) return formatPlatform(platform);
  throw new DockerfileError({
    code: 'platform-invalid',
    line: stage.line,
    message: `--platform takes OS/ARCHITECTURE; ${shown(stage.platform)} gives ${shown(text)}.`,
    hint: 'Write for example --platform=linux/amd64 or --platform=$BUILDPLATFORM.',
  });
}

function expandFrom(
  { line, from }: Stage,
  text: string,
  { scope, warnings }: BaseFacts,
): ReturnType<typeof expandAt> {
  const expanded = expandAt(text, { line, escapeToken: from.escapeToken, values: scope.values });
  for (const name of expanded.unset) {
    if (scope.declared.has(name)) continue;
    const near = nearHint(name, [...scope.declared.keys(), ...scope.values.keys()]);
    warnings.add(
      'from-undeclared',
      line,
      `FROM uses ${shown(name)}, which no ARG before the first FROM declares${near}`,
      checkRulesIn(from.comments),
    );
  }
  return expanded;
}

interface KnownNames {
  readonly earlier: ReadonlyMap<string, number>;
  readonly lastOf: ReadonlyMap<string, number>;
  readonly warnings: WarningSink;
}

function warnNearStage(
  { line, index }: Stage,
  reference: string,
  { earlier, lastOf, warnings }: KnownNames,
): void {
  const lower = reference.toLowerCase();
  if (lower !== reference && earlier.has(lower))
    warnings.add(
      'from-case',
      line,
      `FROM ${shown(reference)} is an image: the stage is called ${lower}, and FROM minds the case`,
    );
  else if (reference !== 'scratch' && (lastOf.get(lower) ?? -1) >= index)
    warnings.add(
      'from-later',
      line,
      `FROM ${shown(reference)} is an image: the stage of that name does not stand before it`,
    );
}

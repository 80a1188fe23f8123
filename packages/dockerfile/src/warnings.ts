// What a Dockerfile says that is allowed but seldom meant.
import type { CheckRules } from './directives.js';

/** Documented in README.md, "Warnings". */
export type WarningCode =
  | 'arg-not-redeclared'
  | 'build-arg-unused'
  | 'continuation-blank'
  | 'flag-unknown'
  | 'from-case'
  | 'from-later'
  | 'from-undeclared'
  | 'image-invalid'
  | 'mount-index'
  | 'onbuild-base'
  | 'secret-name'
  | 'stage-duplicate'
  | 'stage-later'
  | 'stage-reserved'
  | 'syntax-foreign';

export interface Warning {
  readonly code: WarningCode;
  /** 1-based; null for what is not in the file. */
  readonly line: number | null;
  /** One sentence without its full stop. */
  readonly message: string;
}

/** The rule of BuildKit's own checks that says the same: who switched that off wants no warning here either. */
const rules: Readonly<Partial<Record<WarningCode, string>>> = {
  'continuation-blank': 'NoEmptyContinuation',
  'from-undeclared': 'UndefinedArgInFrom',
  'arg-not-redeclared': 'UndefinedVar',
  'secret-name': 'SecretsUsedInArgOrEnv',
  'stage-duplicate': 'DuplicateStageName',
  'stage-reserved': 'ReservedStageName',
};

export interface WarningSink {
  /** @param also rules of the instruction's own comments */
  add(code: WarningCode, line: number | null, message: string, also?: CheckRules | null): void;
  /** By line, those without one last. */
  list(): readonly Warning[];
}

export function collectWarnings(check: CheckRules, former: readonly Warning[] = []): WarningSink {
  const warnings = [...former];
  const skips = (code: WarningCode, { skip }: CheckRules): boolean => {
    const rule = rules[code];
    return rule !== undefined && skip.some((name) => name === rule || name === 'all');
  };
  return {
    add: (code, line, message, also = null) => {
      if (skips(code, check) || (also !== null && skips(code, also))) return;
      warnings.push({ code, line, message });
    },
    list: () => warnings.toSorted((a, b) => (a.line ?? Number.MAX_VALUE) - (b.line ?? Number.MAX_VALUE)),
  };
}

// Stages that are named like a check: when the target does not need them, they never run.

const words =
  /(?:^|[-_.])(?:tests?|testing|lint|linter|linting|checks?|checker|verify|verification|validate|validation|specs?|e2e|typecheck|vet)(?:$|[-_.])/;

/** True for a name with a word such as test, lint, check, verify, spec or e2e in it. */
export function isCheckLike(name: string | null): boolean {
  return name !== null && words.test(name);
}

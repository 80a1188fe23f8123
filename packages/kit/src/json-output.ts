// JSON as the output of a job, in a form that no placeholder secret can hide.

/**
 * JSON without the text `{}`. A repository secret holding `{}` lets its name be passed on where only an environment has
 * the real one; the runner masks that text like any secret, and a job output in which it occurs is dropped.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idoutputs
 */
export function jsonOutput(value: unknown): string {
  const spell = (token: string): string =>
    token === '{}' ? '{ }' : token.replaceAll('{}', String.raw`{\u007d`);
  return JSON.stringify(value).replaceAll(/"(?:[^"\\]|\\.)*"|\{\}/g, spell);
}

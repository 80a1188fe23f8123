// One call of a workflow: which file `uses:` names, and whether the call fits what the file declares.
import { typed } from './call-contract.js';
import { problem } from './problem.js';
import { entriesOf, placeOf } from './template.js';
import type { CallJob, FileOrigin, WorkflowFile } from './workflow-model.js';

const remoteForm = /^(?<repository>[^/@]+\/[^/@]+)\/(?<path>\.github\/workflows\/[^/@]+\.ya?ml)@(?<ref>.+)$/u;
const siblingForm = /^(?:\.|\$)\/(?<path>\.github\/workflows\/[^/]+\.ya?ml)$/u;

/** The commit and full name of a reference in a repository; the same answer throughout one loading. */
export type Resolve = (
  repository: string,
  ref: string,
) => Promise<{ readonly sha: string; readonly ref: string } | null>;

/** The file a job calls, with its commit. Throws `startup-failure`. */
export async function originOf(job: CallJob, from: FileOrigin, resolve: Resolve): Promise<FileOrigin> {
  const sibling = siblingForm.exec(job.uses)?.groups?.['path'];
  if (sibling !== undefined) return { ...from, path: sibling };
  const remote = remoteForm.exec(job.uses)?.groups;
  const [repository, path, ref] = [remote?.['repository'], remote?.['path'], remote?.['ref']];
  if (repository === undefined || path === undefined || ref === undefined) {
    throw problem(
      'startup-failure',
      `${placeOf(job.at)}: \`uses: ${job.uses}\` names no workflow file`,
      'Write ./.github/workflows/x.yml, $/.github/workflows/x.yml or owner/repository/.github/workflows/x.yml@ref.',
    );
  }
  const found = await resolve(repository, ref);
  if (found === null)
    throw problem(
      'startup-failure',
      `${placeOf(job.at)}: ${repository} has no reference ${ref}`,
      'Correct `uses:`.',
    );
  return { repository, path, ref, sha: found.sha };
}

/** Names of inputs and secrets, before anything runs. Throws `startup-failure`. */
export function checkCall(job: CallJob, callee: WorkflowFile): void {
  const where = placeOf(job.at);
  const refuse = (message: string): never => {
    throw problem(
      'startup-failure',
      `${where}: ${message}`,
      `Compare with \`on.workflow_call\` of ${callee.origin.path}.`,
    );
  };
  const contract = callee.call ?? refuse(`${callee.origin.path} has no \`on.workflow_call\``);
  const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
  for (const [name, value] of entriesOf(job.with)) {
    const input =
      contract.inputs.find((declared) => same(declared.name, name)) ??
      refuse(`input ${name} is not defined in ${callee.origin.path}`);
    if (value.kind === 'literal') typed(input, value.value, { who: placeOf(value.at), texts: false });
  }
  const given = entriesOf(job.with).map(([name]) => name);
  const missing = contract.inputs.find(
    (input) => input.required && !given.some((name) => same(name, input.name)),
  );
  if (missing !== undefined) refuse(`input ${missing.name} is required by ${callee.origin.path}`);
  if (job.secrets === 'inherit') return;
  const passed = entriesOf(job.secrets).map(([name]) => name);
  const stray = passed.find((name) => !contract.secrets.some((secret) => same(secret.name, name)));
  if (stray !== undefined) refuse(`secret ${stray} is not defined in ${callee.origin.path}`);
  const needed = contract.secrets.find(
    (secret) => secret.required && !passed.some((name) => same(name, secret.name)),
  );
  if (needed !== undefined) refuse(`secret ${needed.name} is required by ${callee.origin.path}`);
}

// Operations on workflows: reading one, and starting it by hand.
import { load } from 'js-yaml';
import { raise } from '../events.js';
import { findCommit } from '../git-reading.js';
import { type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import { presentWorkflow, workflowId } from '../present/workflow.js';
import { HttpProblem, noContent, notFound, ok, type Reply } from '../reply.js';

interface WorkflowFile {
  readonly path: string;
  readonly text: string;
}

/** The workflow file a path parameter means (its name or id) at a commit. */
async function workflowAt(call: RepositoryCall, sha: string): Promise<WorkflowFile> {
  const wanted = call.path['workflow_id'] ?? '';
  const { git } = call.repository;
  const list = await git.run(['ls-tree', '-z', '--name-only', sha, '--', '.github/workflows/']);
  const path = list
    .split('\0')
    .find(
      (file) =>
        file !== '' &&
        (file.split('/').at(-1) === wanted || String(workflowId(call.repository, file)) === wanted),
    );
  if (path === undefined) throw notFound();
  return { path, text: await git.run(['cat-file', 'blob', `${sha}:${path}`]) };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return (load(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The inputs a dispatch declares; null when the file has no such trigger. */
function dispatchInputs(
  workflow: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | null {
  // YAML 1.1 readers take the key `on` for true.
  const on = workflow['on'] ?? workflow['true'];
  if (on === 'workflow_dispatch' || (Array.isArray(on) && on.includes('workflow_dispatch'))) return {};
  if (typeof on !== 'object' || on === null || !('workflow_dispatch' in on)) return null;
  const trigger = (on.workflow_dispatch ?? {}) as { inputs?: Record<string, unknown> };
  return trigger.inputs ?? {};
}

async function dispatch(call: RepositoryCall): Promise<Reply> {
  const { repository, state, body } = call;
  const given = textOf(body, 'ref') ?? '';
  const name = given.replace(/^refs\/(?:heads|tags)\//u, '');
  const sha = await findCommit(repository.git, given);
  if (sha === null) throw new HttpProblem(422, `No ref found for: ${given}`);
  // A file that the default branch does not have is no workflow to dispatch, whatever the branch holds.
  // Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_dispatch
  const known = await findCommit(repository.git, `refs/heads/${repository.settings.defaultBranch}`);
  if (known === null) throw notFound();
  await workflowAt(call, known);
  const { path, text } = await workflowAt(call, sha);
  const declared = dispatchInputs(parse(text));
  // Source: https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event
  if (declared === null) throw new HttpProblem(422, "Workflow does not have 'workflow_dispatch' trigger");
  const inputs = (body['inputs'] ?? {}) as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(inputs).find((key) => !Object.hasOwn(declared, key));
  if (stranger !== undefined) throw new HttpProblem(422, `Unexpected inputs provided: ["${stranger}"]`);
  const isTag =
    given.startsWith('refs/tags/') || (await findCommit(repository.git, `refs/heads/${name}`)) === null;
  const ref = `refs/${isTag ? 'tags' : 'heads'}/${name}`;
  const payload = { inputs: withDefaults(declared, inputs), ref, workflow: path };
  // The one thing a job token does that starts a run.
  // Source: https://docs.github.com/actions/concepts/security/github_token#when-github_token-triggers-workflow-runs
  const actor = { login: call.caller.login, raises: true };
  raise(state, repository, { actor, event: { name: 'workflow_dispatch', ref, sha, payload } });
  return noContent();
}

function withDefaults(
  declared: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(declared).flatMap(([name, input]) => {
    const { default: value, required } = (input ?? {}) as { default?: unknown; required?: unknown };
    if (given[name] !== undefined) return [[name, given[name]] as const];
    if (value !== undefined) return [[name, String(value)] as const];
    if (required === true) throw new HttpProblem(422, `Required input '${name}' not provided`);
    return [];
  });
  return Object.fromEntries(entries);
}

export const dispatchOperations: RepositoryOperations = {
  'actions/get-workflow': {
    needs: 'actions=read',
    handle: async (call) => {
      const sha = await findCommit(call.repository.git, call.repository.settings.defaultBranch);
      if (sha === null) throw notFound();
      const { path, text } = await workflowAt(call, sha);
      const name = parse(text)['name'];
      return ok(
        presentWorkflow(call.state, call.repository, { path, name: typeof name === 'string' ? name : path }),
      );
    },
  },
  'actions/create-workflow-dispatch': { needs: 'actions=write', handle: dispatch },
};

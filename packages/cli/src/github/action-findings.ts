// How the repository merges, and what a job's token may do when a workflow says nothing.
import { type Finding, type Findings, found, shellWord, together, unseenBy } from './finding.js';
import type { Reader } from './reader.js';

export interface RepositoryFacts {
  readonly default_branch: string;
  readonly allow_merge_commit?: boolean;
  readonly allow_squash_merge?: boolean;
  readonly allow_rebase_merge?: boolean;
}

/** Hotfixes and releases are merged, and what was merged is merged back: squashed, the two branches would part. */
export function mergeFindings(reader: Reader, facts: RepositoryFacts): Findings {
  const { allow_merge_commit: merges, allow_squash_merge: squashes, allow_rebase_merge: rebases } = facts;
  if (merges === undefined) return unseenBy('how pull requests are merged', 'contents: write');
  if (merges) return found();
  const others = [...(squashes === true ? ['squash'] : []), ...(rebases === true ? ['rebase'] : [])];
  return found({
    severity: 'error',
    subject: 'merging',
    expected: 'merge commits, which releases and back-merges are',
    found: `only ${others.join(', ') || 'none'}`,
    page: `${reader.page}/settings`,
    command: `gh api -X PATCH ${shellWord(`repos/${reader.repository}`)} -F allow_merge_commit=true`,
  });
}

interface WorkflowPermissions {
  readonly default_workflow_permissions: 'read' | 'write';
  readonly can_approve_pull_request_reviews: boolean;
}

/** @param hasApp an App pushes where the job's token may not */
export async function tokenFindings(reader: Reader, hasApp: boolean): Promise<Findings> {
  const route = 'GET /repos/{owner}/{repo}/actions/permissions/workflow';
  const answer = await reader.read<WorkflowPermissions>(route);
  if (answer.kind !== 'seen') {
    return unseenBy(
      "what a job's token may do",
      answer.kind === 'unseen' ? answer.needs : 'administration: read',
    );
  }
  const { default_workflow_permissions: level, can_approve_pull_request_reviews: opens } = answer.value;
  const page = `${reader.page}/settings/actions`;
  const change = `gh api -X PUT ${shellWord(`repos/${reader.repository}/actions/permissions/workflow`)}`;
  const pulls: Finding = {
    severity: hasApp ? 'warning' : 'error',
    subject: 'GitHub Actions',
    expected:
      '"Allow GitHub Actions to create and approve pull requests": a back-merge into a protected branch is one',
    found: 'it is not allowed',
    page,
    command: `${change} -F can_approve_pull_request_reviews=true`,
  };
  const wide: Finding = {
    severity: 'warning',
    subject: 'GitHub Actions',
    expected: 'read permissions for workflows that say nothing',
    found: 'write permissions',
    page,
    command: `${change} -f default_workflow_permissions=read`,
  };
  return together([found(opens ? null : pulls), found(level === 'write' ? wide : null)]);
}

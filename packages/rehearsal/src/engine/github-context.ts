// The `github` context of a run, without what only a job knows (token, workspace, action).
import type { GitHubHost, RaisedEvent, RunState } from '../model.js';
import { matchesPatterns } from './pattern.js';
import { textAt } from './trigger.js';

/** `branch`, `tag`; pull requests count as branches, as on GitHub. */
function referenceType(ref: string): string {
  return ref.startsWith('refs/tags/') ? 'tag' : 'branch';
}

/** The short name: `refs/heads/a/b` → `a/b`, `refs/pull/3/merge` → `3/merge`. */
export function shortReference(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags|pull)\//u, '');
}

/** The branch a run is shown under. */
export function headBranch(event: RaisedEvent): string {
  return textAt(event.payload, 'pull_request', 'head', 'ref') || shortReference(event.ref);
}

export interface RunFacts {
  readonly run: RunState;
  readonly host: GitHubHost;
  /** Who started this attempt. */
  readonly triggeringActor: string;
}

/** Source: docs.github.com, "Contexts reference", `github`. */
export function githubContext({ run, host, triggeringActor }: RunFacts): Record<string, unknown> {
  const { event } = run;
  const settings = host.repository(run.repository);
  const short = shortReference(event.ref);
  const pullRequest = event.name.startsWith('pull_request');
  return {
    ref: event.ref,
    sha: event.sha,
    repository: run.repository,
    repository_owner: settings.owner,
    repository_id: textAt(event.payload, 'repository', 'id') || '1',
    repository_owner_id: textAt(event.payload, 'repository', 'owner', 'id') || '1',
    repository_visibility: textAt(event.payload, 'repository', 'visibility') || 'private',
    repositoryUrl: `${host.serverUrl}/${run.repository}.git`.replace(/^https?:/u, 'git:'),
    run_id: String(run.id),
    run_number: String(run.number),
    run_attempt: String(run.attempt),
    retention_days: '90',
    actor: event.actor,
    actor_id: textAt(event.payload, 'sender', 'id') || '1',
    triggering_actor: triggeringActor,
    workflow: run.workflowName,
    workflow_ref: `${run.repository}/${run.workflowPath}@${event.ref}`,
    workflow_sha: event.sha,
    head_ref: pullRequest ? textAt(event.payload, 'pull_request', 'head', 'ref') : '',
    base_ref: pullRequest ? textAt(event.payload, 'pull_request', 'base', 'ref') : '',
    event_name: event.name,
    event: event.payload,
    server_url: host.serverUrl,
    api_url: host.apiUrl,
    graphql_url: `${host.serverUrl}/api/graphql`,
    ref_name: short,
    ref_protected: event.ref.startsWith('refs/heads/') && matchesPatterns(settings.protectedBranches, short),
    ref_type: referenceType(event.ref),
    secret_source: event.fork ? 'None' : 'Actions',
  };
}

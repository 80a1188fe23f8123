// Operations on what the administrators of a repository have set for GitHub Actions: names of secrets, what a job's token may.
import type { RepositoryCall, RepositoryOperations } from '../operation.js';
import { alphabetical, isoTime, type Json } from '../present/forms.js';
import { notFound, ok, type Reply } from '../reply.js';

/** Names only: a secret's value leaves GitHub for jobs alone. Source: https://docs.github.com/rest/actions/secrets */
function secretList(call: RepositoryCall, names: readonly string[]): Reply {
  const at = isoTime(call.repository.createdAt);
  const all = names.toSorted(alphabetical).map((name): Json => ({ name, created_at: at, updated_at: at }));
  return ok({ total_count: all.length, secrets: call.page(all) });
}

function environmentSecrets(call: RepositoryCall): Reply {
  const name = call.path['environment_name'] ?? '';
  const { environments } = call.repository.settings;
  if (!Object.hasOwn(environments, name)) throw notFound();
  return secretList(call, Object.keys(environments[name]?.secrets ?? {}));
}

export const actionSettingOperations: RepositoryOperations = {
  'actions/list-repo-secrets': {
    needs: 'secrets=read',
    handle: (call) => secretList(call, Object.keys(call.repository.settings.secrets)),
  },
  'actions/list-repo-organization-secrets': {
    needs: 'secrets=read',
    handle: (call) => secretList(call, call.repository.settings.organization?.secrets ?? []),
  },
  'actions/list-environment-secrets': { needs: 'environments=read', handle: environmentSecrets },
  'actions/list-repo-organization-variables': {
    needs: 'actions_variables=read',
    handle: (call) => {
      const at = isoTime(call.repository.createdAt);
      const names = (call.repository.settings.organization?.variables ?? []).toSorted(alphabetical);
      const all = names.map((name) => ({ name, value: '', created_at: at, updated_at: at }));
      return ok({ total_count: all.length, variables: call.page(all) });
    },
  },
  'actions/get-github-actions-default-workflow-permissions-repository': {
    needs: 'administration=read',
    handle: ({ repository: { settings } }) =>
      ok({
        default_workflow_permissions: settings.workflowPermissions ?? 'read',
        can_approve_pull_request_reviews: settings.jobsOpenPulls ?? true,
      }),
  },
};

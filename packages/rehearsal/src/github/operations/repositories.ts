// Operations on a repository itself: its data, variables, environments and who may do what.
import type { RepositoryCall, RepositoryOperations } from '../operation.js';
import { presentAccount } from '../present/account.js';
import { branchPolicies, presentEnvironment } from '../present/deployment.js';
import { alphabetical, isoTime, type Json } from '../present/forms.js';
import { presentRepository } from '../present/repository.js';
import { notFound, ok } from '../reply.js';

function presentVariables(
  call: RepositoryCall,
  variables: Readonly<Record<string, string>>,
): readonly Json[] {
  const at = isoTime(call.repository.createdAt);
  return Object.keys(variables)
    .sort(alphabetical)
    .map((name) => ({ name, value: variables[name] ?? '', created_at: at, updated_at: at }));
}

function environmentOf(call: RepositoryCall): string {
  const name = call.path['environment_name'] ?? '';
  if (!Object.hasOwn(call.repository.settings.environments, name)) throw notFound();
  return name;
}

const roleFlags = { admin: 4, maintain: 3, push: 2, triage: 1, pull: 0 };
const ranks = ['read', 'triage', 'write', 'maintain', 'admin'] as const;

/** `permission` knows four levels, `role_name` all. Source: https://docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user */
function permissionLevel(call: RepositoryCall): Json {
  const login = call.path['username'] ?? '';
  const role = call.access.roleOf(login, call.repository);
  const rank = role === null ? -1 : ranks.indexOf(role);
  if (role === null && call.repository.settings.public !== true) {
    return { permission: 'none', role_name: '', user: null };
  }
  const coarse = rank === 4 ? 'admin' : rank >= 2 ? 'write' : 'read';
  const permissions = Object.fromEntries(
    Object.entries(roleFlags).map(([flag, needed]) => [flag, Math.max(rank, 0) >= needed]),
  );
  const user = { ...presentAccount(call.state, login), permissions, role_name: role ?? 'read' };
  return { permission: coarse, role_name: role ?? 'read', user };
}

const unseenMerging = {
  allow_squash_merge: undefined,
  allow_merge_commit: undefined,
  allow_rebase_merge: undefined,
};

export const repositoryOperations: RepositoryOperations = {
  'repos/get': {
    needs: 'metadata=read',
    handle: ({ state, repository, caller }) => {
      // How it merges is shown to those who may write. Where GitHub draws the line is not documented: the stricter reading.
      const maySee = caller.level(repository, 'contents') === 'write';
      return ok({ ...presentRepository(state, repository), ...(maySee ? {} : unseenMerging) });
    },
  },
  'repos/get-collaborator-permission-level': {
    needs: 'metadata=read',
    handle: (call) => ok(permissionLevel(call)),
  },
  'repos/get-all-environments': {
    needs: 'actions=read',
    handle: (call) => {
      const names = Object.keys(call.repository.settings.environments).sort(alphabetical);
      const environments = call
        .page(names)
        .map((name) => presentEnvironment(call.state, call.repository, name));
      return ok({ total_count: names.length, environments });
    },
  },
  'repos/get-environment': {
    needs: 'actions=read',
    handle: (call) => ok(presentEnvironment(call.state, call.repository, environmentOf(call))),
  },
  'repos/list-deployment-branch-policies': {
    needs: 'actions=read',
    handle: (call) => {
      const all = branchPolicies(call.repository, environmentOf(call));
      return ok({ total_count: all.length, branch_policies: call.page(all) });
    },
  },
  'actions/list-environment-variables': {
    needs: 'environments=read',
    handle: (call) => {
      const all = presentVariables(
        call,
        call.repository.settings.environments[environmentOf(call)]?.variables ?? {},
      );
      return ok({ total_count: all.length, variables: call.page(all) });
    },
  },
  'actions/list-repo-variables': {
    needs: 'actions_variables=read',
    handle: (call) => {
      const all = presentVariables(call, call.repository.settings.variables);
      return ok({ total_count: all.length, variables: call.page(all) });
    },
  },
  'actions/get-repo-variable': {
    needs: 'actions_variables=read',
    handle: (call) => {
      const found = presentVariables(call, call.repository.settings.variables).find(
        ({ name }) => name === call.path['name'],
      );
      if (found === undefined) throw notFound();
      return ok(found);
    },
  },
};

// Operations outside repositories: users, teams, the rate limit.
import type { AccountOperations, Call } from '../operation.js';
import { presentAccount, presentProfile } from '../present/account.js';
import { alphabetical } from '../present/forms.js';
import { HttpProblem, notFound, ok } from '../reply.js';

function demandPerson(call: Call): void {
  // Organisation data is closed to job tokens: there is no such permission for them.
  // Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions
  if (call.caller.jobToken) {
    const headers = { 'x-accepted-github-permissions': 'members=read' };
    throw new HttpProblem(403, 'Resource not accessible by integration', { headers });
  }
  if (call.caller.login === '') throw notFound();
}

function teamNamed(call: Call): ReadonlyMap<string, 'member' | 'maintainer'> {
  demandPerson(call);
  const team = call.state.teams.get(`${call.path['org']}/${call.path['team_slug']}`.toLowerCase());
  if (team === undefined) throw notFound();
  return team;
}

export const accountOperations: AccountOperations = {
  'users/get-authenticated': {
    handle: (call) => {
      if (call.caller.login === '') throw new HttpProblem(401, 'Requires authentication');
      // Source: probe of api.github.com with a job's token
      if (call.caller.jobToken || call.caller.installed === true)
        throw new HttpProblem(403, 'Resource not accessible by integration');
      return ok(presentProfile(call.state, call.caller.login));
    },
  },
  'users/get-by-username': {
    handle: (call) => {
      const account = call.state.accounts.get((call.path['username'] ?? '').toLowerCase());
      if (account === undefined) throw notFound();
      return ok(presentProfile(call.state, account.login));
    },
  },
  'teams/list-members-in-org': {
    handle: (call) => {
      const members = [...teamNamed(call).keys()].sort(alphabetical);
      return ok(call.page(members).map((login) => presentAccount(call.state, login)));
    },
  },
  'teams/get-membership-for-user-in-org': {
    handle: (call) => {
      const login = (call.path['username'] ?? '').toLowerCase();
      const role = [...teamNamed(call)].find(([member]) => member.toLowerCase() === login)?.[1];
      if (role === undefined) throw notFound();
      const url = `${call.state.apiUrl}/orgs/${call.path['org']}/teams/${call.path['team_slug']}/memberships/${login}`;
      return ok({ url, role, state: 'active' });
    },
  },
  'rate-limit/get': {
    handle: (call) => {
      const { limit, used, reset } = call.allowance();
      const core = { limit, used, remaining: Math.max(0, limit - used), reset };
      return ok({ resources: { core, search: { ...core, limit: 30, used: 0, remaining: 30 } }, rate: core });
    },
  },
};

// Operations on branches: reading them, what protects them, and the rules that apply to a name.
import { findCommit, readCommit, readRefs, resolveObject } from '../git-reading.js';
import type { RepositoryCall, RepositoryOperations } from '../operation.js';
import { presentCommit } from '../present/commit.js';
import { escapePath, type Json, repositoryApi, repositoryPage } from '../present/forms.js';
import { isProtectedBranch } from '../protection.js';
import { HttpProblem, notFound, ok } from '../reply.js';
import { branchRules, rulesetId } from './rulesets.js';

const bot = (enabled: boolean): Json => ({ enabled });

function protection(call: RepositoryCall, branch: string): Json {
  const url = `${repositoryApi(call.state, call.repository)}/branches/${escapePath(branch)}/protection`;
  if (!isProtectedBranch(call.repository, branch)) return { enabled: false };
  const checks = call.repository.settings.requiredChecks ?? [];
  return {
    url,
    enabled: true,
    enforce_admins: { url: `${url}/enforce_admins`, enabled: false },
    required_pull_request_reviews: {
      url: `${url}/required_pull_request_reviews`,
      dismiss_stale_reviews: false,
      require_code_owner_reviews: call.repository.settings.codeOwnerReview ?? false,
      required_approving_review_count: 0,
    },
    ...(checks.length === 0
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            contexts_url: `${url}/required_status_checks/contexts`,
            strict: false,
            contexts: checks,
            checks: checks.map((context) => ({ context, app_id: null })),
          },
        }),
    required_linear_history: bot(call.repository.settings.linearHistory ?? false),
    allow_force_pushes: bot(false),
    allow_deletions: bot(false),
    block_creations: bot(false),
    required_conversation_resolution: bot(false),
    lock_branch: bot(false),
    allow_fork_syncing: bot(false),
  };
}

/** Answers for a name, whether or not such a branch exists. Source: https://docs.github.com/rest/repos/rules#get-rules-for-a-branch */
function rules(call: RepositoryCall, branch: string): readonly Json[] {
  if (!isProtectedBranch(call.repository, branch)) return [];
  const source = {
    ruleset_source_type: 'Repository',
    ruleset_source: call.repository.fullName,
    ruleset_id: rulesetId(call.repository, 'Protected branches'),
  };
  return branchRules(call.repository).map((rule) => ({ ...rule, ...source }));
}

async function existing(call: RepositoryCall): Promise<{ name: string; sha: string }> {
  const name = call.path['branch'] ?? '';
  const sha = await resolveObject(call.repository.git, `refs/heads/${name}`);
  if (sha === null) throw new HttpProblem(404, 'Branch not found');
  return { name, sha };
}

export const branchOperations: RepositoryOperations = {
  'repos/list-branches': {
    needs: 'contents=read',
    handle: async (call) => {
      const refs = await readRefs(call.repository.git);
      const wanted = call.query['protected'];
      const all = [...refs]
        .filter(([ref]) => ref.startsWith('refs/heads/'))
        .map(([ref, sha]) => ({ name: ref.slice('refs/heads/'.length), sha }))
        .filter(
          ({ name }) => wanted === undefined || String(isProtectedBranch(call.repository, name)) === wanted,
        );
      const api = repositoryApi(call.state, call.repository);
      const branches = call.page(all).map(({ name, sha }) => ({
        name,
        commit: { sha, url: `${api}/commits/${sha}` },
        protected: isProtectedBranch(call.repository, name),
      }));
      return ok(branches);
    },
  },
  'repos/get-branch': {
    needs: 'contents=read',
    handle: async (call) => {
      const { name, sha } = await existing(call);
      const { state, repository } = call;
      const url = `${repositoryApi(state, repository)}/branches/${escapePath(name)}`;
      return ok({
        name,
        commit: presentCommit(state, repository, await readCommit(repository.git, sha)),
        _links: { self: url, html: `${repositoryPage(state, repository)}/tree/${escapePath(name)}` },
        protected: isProtectedBranch(repository, name),
        protection: protection(call, name),
        protection_url: `${url}/protection`,
      });
    },
  },
  'repos/get-branch-protection': {
    needs: 'administration=read',
    handle: async (call) => {
      const { name } = await existing(call);
      if (!isProtectedBranch(call.repository, name)) throw new HttpProblem(404, 'Branch not protected');
      return ok(protection(call, name));
    },
  },
  'repos/get-branch-rules': {
    needs: 'metadata=read',
    handle: (call) => ok(call.page(rules(call, call.path['branch'] ?? ''))),
  },
};

/** The commit a path parameter names, or 404/422 as GitHub answers. */
export async function commitNamed(call: RepositoryCall, name: string): Promise<string> {
  const sha = await findCommit(call.repository.git, name);
  if (sha !== null) return sha;
  // Source: https://docs.github.com/rest/commits/commits#get-a-commit (422 for what looks like no commit)
  throw /^[0-9a-f]{40}$/u.test(name) ? new HttpProblem(422, `No commit found for SHA: ${name}`) : notFound();
}

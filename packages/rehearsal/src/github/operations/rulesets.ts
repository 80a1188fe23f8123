// Operations on rulesets, and the rules that each kind of name is under.

import { allMergeMethods } from '../../repository-settings.js';
import { numberOf, type RepositoryCall, type RepositoryOperations } from '../operation.js';
import { isoTime, type Json, nodeId, repositoryApi, repositoryPage } from '../present/forms.js';
import { notFound, ok } from '../reply.js';
import { type RepositoryState, stableId } from '../state.js';

const reviews = {
  dismiss_stale_reviews_on_push: false,
  require_last_push_approval: false,
  required_approving_review_count: 0,
  required_review_thread_resolution: false,
};

/** What binds a protected branch: no deletion, no force, changes by pull request, its required checks. */
export function branchRules(repository: RepositoryState): readonly Json[] {
  const checks = (repository.settings.requiredChecks ?? []).map((context) => ({ context }));
  const parameters = { required_status_checks: checks, strict_required_status_checks_policy: false };
  const {
    mergeMethods = allMergeMethods,
    codeOwnerReview = false,
    linearHistory = false,
  } = repository.settings;
  const pulls = {
    ...reviews,
    allowed_merge_methods: mergeMethods,
    require_code_owner_review: codeOwnerReview,
  };
  return [
    { type: 'deletion' },
    { type: 'non_fast_forward' },
    ...(linearHistory ? [{ type: 'required_linear_history' }] : []),
    { type: 'pull_request', parameters: pulls },
    ...(checks.length === 0 ? [] : [{ type: 'required_status_checks', parameters }]),
  ];
}

interface Ruleset {
  readonly name: 'Protected branches' | 'Protected tags' | 'Reserved tags';
  readonly target: 'branch' | 'tag';
  readonly patterns: readonly string[];
  readonly rules: readonly Json[];
}

export const rulesetId = (repository: RepositoryState, name: Ruleset['name']): number =>
  stableId('ruleset', `${repository.fullName} ${name}`);

const ofTypes = (...types: readonly string[]): readonly Json[] => types.map((type) => ({ type }));

/** A protected tag stays where it was set; a reserved one is made by those on the bypass list alone. */
function rulesetsOf({ query, repository }: RepositoryCall): readonly Ruleset[] {
  const { settings } = repository;
  // Nothing above the repository has rules here, so they are included and left out alike.
  const { includes_parents: _either } = query;
  const all: readonly Ruleset[] = [
    {
      name: 'Protected branches',
      target: 'branch',
      patterns: settings.protectedBranches,
      rules: branchRules(repository),
    },
    {
      name: 'Protected tags',
      target: 'tag',
      patterns: settings.protectedTags ?? [],
      rules: ofTypes('deletion', 'non_fast_forward', 'update'),
    },
    {
      name: 'Reserved tags',
      target: 'tag',
      patterns: settings.reservedTags ?? [],
      rules: ofTypes('creation'),
    },
  ];
  return all.filter(({ patterns }) => patterns.length > 0);
}

/** Without its rules in a list. Who may pass them by is shown to administrators only. Source: https://docs.github.com/rest/repos/rules#get-all-repository-rulesets */
function presentRuleset(call: RepositoryCall, ruleset: Ruleset, more: Json): Json {
  const { state, repository } = call;
  const { name, target, patterns } = ruleset;
  const id = rulesetId(repository, name);
  const kind = target === 'branch' ? 'heads' : 'tags';
  return {
    id,
    node_id: nodeId('RepositoryRuleset', id),
    name,
    target,
    source_type: 'Repository',
    source: repository.fullName,
    enforcement: 'active',
    conditions: { ref_name: { include: patterns.map((pattern) => `refs/${kind}/${pattern}`), exclude: [] } },
    current_user_can_bypass: call.caller.bypasses(repository) ? 'always' : 'never',
    _links: {
      self: { href: `${repositoryApi(state, repository)}/rulesets/${id}` },
      html: { href: `${repositoryPage(state, repository)}/rules/${id}` },
    },
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.createdAt),
    ...more,
  };
}

export const rulesetOperations: RepositoryOperations = {
  'repos/get-repo-rulesets': {
    needs: 'metadata=read',
    handle: (call) => {
      const targets = call.query['targets']?.split(',');
      const found = rulesetsOf(call).filter(
        ({ target }) => targets === undefined || targets.includes(target),
      );
      // A list leaves conditions and rules out: they are asked for one by one.
      const bare = { conditions: undefined, current_user_can_bypass: undefined };
      return ok(call.page(found).map((ruleset) => presentRuleset(call, ruleset, bare)));
    },
  },
  'repos/get-repo-ruleset': {
    needs: 'metadata=read',
    handle: (call) => {
      const { repository } = call;
      const found = rulesetsOf(call).find(
        ({ name }) => rulesetId(repository, name) === numberOf(call, 'ruleset_id'),
      );
      if (found === undefined) throw notFound();
      return ok(presentRuleset(call, found, { rules: found.rules }));
    },
  },
};

// The rules of the flow's branches: who decides what enters them, the required check, and merge commits.
import type { Configuration } from '@headgate/configuration/schema';
import { areGuarding } from '@headgate/kit/evidence-run';
import { type Finding, type Findings, found, together, unseenBy } from './finding.js';
import type { Reader } from './reader.js';

/** As GitHub's REST describes a rule; only what is read here. */
interface Rule {
  readonly type: string;
  readonly parameters?: {
    readonly required_status_checks?: readonly { readonly context: string }[];
    readonly allowed_merge_methods?: readonly string[];
    readonly require_code_owner_review?: boolean;
  };
}

interface Branch {
  /** For people: `release/**`. */
  readonly shown: string;
  /** A name that the rules are asked for. */
  readonly name: string;
  /** Production and development: they last, and pull requests are merged into them. */
  readonly lasting: boolean;
  readonly production: boolean;
}

export async function branchFindings(reader: Reader, configuration: Configuration): Promise<Findings> {
  return together(await Promise.all(branchesOf(configuration).map((branch) => findingsOf(reader, branch))));
}

function branchesOf({ branches }: Configuration): readonly Branch[] {
  const lasting = { lasting: true, production: false };
  const series = { lasting: false, production: false };
  return [
    { shown: branches.production, name: branches.production, ...lasting, production: true },
    { shown: branches.development, name: branches.development, ...lasting },
    { shown: `${branches.release}**`, name: `${branches.release}0.0.0`, ...series },
    { shown: `${branches.hotfix}**`, name: `${branches.hotfix}0.0.0`, ...series },
  ];
}

async function findingsOf(reader: Reader, branch: Branch): Promise<Findings> {
  const { name, shown } = branch;
  const rules = await reader.list<Rule>('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
    branch: name,
  });
  if (rules.kind !== 'seen')
    return unseenBy(`the rules of ${shown}`, rules.kind === 'unseen' ? rules.needs : 'metadata: read');
  const page = `${reader.page}/settings/rules`;
  const guarded = areGuarding(rules.value);
  const state = guarded || !branch.lasting ? null : await stateOf(reader, name);
  const unguarded: Finding | null = guarded
    ? null
    : {
        severity: 'error',
        subject: shown,
        expected:
          'a ruleset that decides what enters it: pull requests, required checks or restricted updates',
        found: state ?? 'none; what runs on a branch that anybody can push to is no evidence',
        page,
        command: null,
      };
  return found(unguarded, ...(branch.lasting ? lastingFindings(branch, rules.value, page) : []));
}

/** What stands there instead of a ruleset. */
async function stateOf(reader: Reader, branch: string): Promise<string | null> {
  const answer = await reader.read<{ readonly protected?: boolean }>(
    'GET /repos/{owner}/{repo}/branches/{branch}',
    { branch },
  );
  if (answer.kind === 'absent') return 'no such branch';
  const isOld = answer.kind === 'seen' && answer.value.protected === true;
  return isOld
    ? 'a branch protection of the older kind, which does not answer for branches that are gone'
    : null;
}

function lastingFindings(
  { shown, production }: Branch,
  rules: readonly Rule[],
  page: string,
): readonly (Finding | null)[] {
  const checks = rules
    .flatMap(({ parameters }) => parameters?.required_status_checks ?? [])
    .map(({ context }) => context);
  const hasCheck = checks.some((context) => /(?:^|\/ )result \(pull_request\)$/.test(context));
  const methods = rules.flatMap(({ parameters }) =>
    parameters?.allowed_merge_methods === undefined ? [] : [parameters.allowed_merge_methods],
  );
  const withoutMerge = methods.find((allowed) => !allowed.includes('merge'));
  const base = { severity: 'error', subject: shown, page, command: null } as const;
  return [
    hasCheck
      ? null
      : {
          ...base,
          expected: 'the required check `flow / result (pull_request)`',
          found: checks.length === 0 ? 'no required check' : `only ${checks.join(', ')}`,
        },
    rules.some(({ type }) => type === 'required_linear_history')
      ? {
          ...base,
          expected: 'merge commits, which releases and back-merges are',
          found: 'a rule for linear history',
        }
      : null,
    withoutMerge === undefined
      ? null
      : { ...base, expected: 'the merge method `merge`', found: `only ${withoutMerge.join(', ') || 'none'}` },
    production && !rules.some(({ parameters }) => parameters?.require_code_owner_review === true)
      ? {
          ...base,
          expected:
            'review by code owners: the approval is as strong as that of headgate.yml and the workflows',
          found: 'pull requests may be merged without it',
        }
      : null,
  ];
}

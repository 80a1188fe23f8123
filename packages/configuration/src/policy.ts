// Whose word counts for production: headgate.yml as it was before the merge, so that no change approves itself.
import type { FreezeWindow } from './decision.js';
import type { PolicyFacts, RestoredFacts } from './facts.js';
import type { ApprovalConfiguration, Configuration, EnvironmentConfiguration } from './schema.js';
import { placeNotices, placesIn, type TargetPlaces } from './target-place.js';
import { compareVersions, parseVersion } from './version.js';

export interface Policy {
  readonly approval: ApprovalConfiguration | null;
  readonly freeze: readonly FreezeWindow[];
  /** Where targets are whose place is not that of their own file. */
  readonly places: TargetPlaces;
  /** What people should know about where it comes from. */
  readonly notices: readonly string[];
}

type Rules = Pick<Policy, 'approval' | 'freeze'>;

/** What the policy is asked about. */
export interface Ground {
  /** Of the environment. */
  readonly name: string;
  readonly block: EnvironmentConfiguration;
  readonly policy: PolicyFacts | null;
  readonly restored?: RestoredFacts | undefined;
}

export const noPolicy: Policy = { approval: null, freeze: [], places: {}, notices: [] };

/**
 * The policy for an environment. For production it is the one at the merge's first parent, where that has an
 * environment for production; else, and for all others, the one beside the code.
 */
export function policyOf({ name, block, policy: facts, restored }: Ground): Policy {
  if (restored !== undefined) return restoringPolicy(name, facts?.configuration ?? null, restored);
  const own = policyIn(block);
  if (block.branch !== 'production') return { ...own, places: {}, notices: [] };
  const before = productionOf(facts?.configuration ?? null);
  if (before === null) {
    const notice = `Approval, freeze and targets of ${name} are those of this very commit: the one before it has none for production. From the next release on a change of them counts one release later.`;
    return { ...own, places: {}, notices: [notice] };
  }
  const policy = policyIn(before);
  const places = placesIn(before);
  const moved = placeNotices(name, placesIn(block), places);
  if (same(policy, own)) return { ...policy, places, notices: moved };
  const notice = `Approval and freeze of ${name} are those of ${facts?.commit?.slice(0, 12) ?? 'the commit before'}; what this release changes in them counts from the next one on.`;
  return { ...policy, places, notices: [notice, ...moved] };
}

/**
 * For a restored release the production branch counts as it is now, for every environment: what is restored is older
 * than today's rules. Nobody is asked where those say so, for an older version that has run there.
 */
function restoringPolicy(
  name: string,
  now: Configuration | null,
  { version, replaces, provenBy }: RestoredFacts,
): Policy {
  const block = now?.environments[name];
  if (block === undefined) return noPolicy;
  const policy = { ...policyIn(block), places: placesIn(block) };
  const [to, from] = [parseVersion(version), parseVersion(replaces ?? '')];
  const isOlder = to !== null && from !== null && compareVersions(to, from) < 0;
  if (policy.approval?.rollback !== 'pre-approved' || provenBy === null || !isOlder)
    return { ...policy, notices: [] };
  const notice = `Back to ${version} is pre-approved for ${name}: it ran there, see ${provenBy}.`;
  return { ...policy, approval: null, notices: [notice] };
}

function productionOf(configuration: Configuration | null): EnvironmentConfiguration | null {
  const environments = Object.values(configuration?.environments ?? {});
  return environments.find(({ branch }) => branch === 'production') ?? null;
}

function policyIn({ approval, freeze }: EnvironmentConfiguration): Rules {
  return { approval: approval ?? null, freeze };
}

/** Both came through the same schema, so their members stand in the same order but for the groups', which is theirs. */
function same(left: Rules, right: Rules): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

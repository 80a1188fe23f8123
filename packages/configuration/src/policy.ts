// Whose word counts for production: headgate.yml as it was before the merge, so that no change approves itself.
import type { FreezeWindow } from './decision.js';
import type { PolicyFacts } from './facts.js';
import type { ApprovalConfiguration, Configuration, EnvironmentConfiguration } from './schema.js';

export interface Policy {
  readonly approval: ApprovalConfiguration | null;
  readonly freeze: readonly FreezeWindow[];
  /** What people should know about where it comes from. */
  readonly notices: readonly string[];
}

export const noPolicy: Policy = { approval: null, freeze: [], notices: [] };

/**
 * The policy for an environment. For production it is the one at the merge's first parent, where that has an
 * environment for production; else, and for all others, the one beside the code.
 */
export function policyOf(name: string, block: EnvironmentConfiguration, facts: PolicyFacts | null): Policy {
  const own = policyIn(block);
  if (block.branch !== 'production') return { ...own, notices: [] };
  const before = productionOf(facts?.configuration ?? null);
  if (before === null) {
    const notice = `Approval and freeze of ${name} are those of this very commit: the one before it has none for production. From the next release on a change of them counts one release later.`;
    return { ...own, notices: [notice] };
  }
  const policy = policyIn(before);
  if (same(policy, own)) return { ...policy, notices: [] };
  const notice = `Approval and freeze of ${name} are those of ${facts?.commit?.slice(0, 12) ?? 'the commit before'}; what this release changes in them counts from the next one on.`;
  return { ...policy, notices: [notice] };
}

function productionOf(configuration: Configuration | null): EnvironmentConfiguration | null {
  const environments = Object.values(configuration?.environments ?? {});
  return environments.find(({ branch }) => branch === 'production') ?? null;
}

function policyIn({ approval, freeze }: EnvironmentConfiguration): Omit<Policy, 'notices'> {
  return { approval: approval ?? null, freeze };
}

/** Both came through the same schema, so their members stand in the same order but for the groups', which is theirs. */
function same(left: Omit<Policy, 'notices'>, right: Omit<Policy, 'notices'>): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

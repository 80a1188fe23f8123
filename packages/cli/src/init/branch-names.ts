// Which of a repository's branches play the parts of git-flow. Pure.

export interface BranchNames {
  readonly production: string;
  readonly development: string;
  readonly feature: string;
  readonly release: string;
  readonly hotfix: string;
  readonly support: string;
}

export type BranchPart = keyof BranchNames;

export const usualBranches: BranchNames = {
  production: 'master',
  development: 'develop',
  feature: 'feature/',
  release: 'release/',
  hotfix: 'hotfix/',
  support: 'support/',
};

/** In order of preference; the first is Headgate's own default. */
const known: Readonly<Record<BranchPart, readonly string[]>> = {
  production: ['master', 'main', 'production', 'prod', 'trunk'],
  development: ['develop', 'development', 'dev', 'devel', 'integration', 'next'],
  feature: ['feature/', 'features/', 'feat/'],
  release: ['release/', 'releases/', 'rel/'],
  // Not `fix/`: that is what many call any correction.
  hotfix: ['hotfix/', 'hotfixes/'],
  support: ['support/', 'maintenance/'],
};

export interface ChosenBranches {
  readonly names: BranchNames;
  /** Parts whose branch, or a branch with that prefix, is there. */
  readonly seen: ReadonlySet<BranchPart>;
}

export interface BranchQuestion {
  readonly branches: readonly string[];
  readonly defaultBranch: string | null;
  readonly given: Partial<Pick<BranchNames, 'production' | 'development'>>;
}

export function chooseBranches({ branches, defaultBranch, given }: BranchQuestion): ChosenBranches {
  const seen = new Set<BranchPart>();
  const choose = (part: BranchPart): string => {
    const found = known[part].find((name) => isThere(name, branches));
    if (found !== undefined) seen.add(part);
    return found ?? usualBranches[part];
  };
  const development = given.development ?? choose('development');
  const production =
    given.production ?? productionOf(choose('production'), { development, defaultBranch, seen });
  const names = {
    production,
    development,
    feature: choose('feature'),
    release: choose('release'),
    hotfix: choose('hotfix'),
    support: choose('support'),
  };
  if (branches.includes(production)) seen.add('production');
  if (branches.includes(development)) seen.add('development');
  return { names, seen };
}

/** The default branch may have a name of its own; a clone of nothing but `develop` says nothing about production. */
function productionOf(
  found: string,
  at: {
    readonly development: string;
    readonly defaultBranch: string | null;
    readonly seen: ReadonlySet<BranchPart>;
  },
): string {
  const { development, defaultBranch, seen } = at;
  if (seen.has('production') || defaultBranch === null || defaultBranch === development) return found;
  return defaultBranch.includes('/') ? found : defaultBranch;
}

function isThere(name: string, branches: readonly string[]): boolean {
  if (!name.endsWith('/')) return branches.includes(name);
  return branches.some((branch) => branch.startsWith(name) && branch.length > name.length);
}

// Distinct people for every group: the best assignment, not the first that comes to mind.
import { type Group, key } from './policy.js';

export interface Assignment {
  /** Who stands for which group; nobody stands for two. */
  readonly people: ReadonlyMap<string, string>;
  /** Groups that still need people, and how many. */
  readonly open: readonly { readonly group: string; readonly missing: number }[];
  readonly complete: boolean;
}

/**
 * A maximum matching of people to the groups' places (augmenting paths): as many places are filled as can be.
 * Earlier people keep a place before later ones get one.
 */
export function assign(groups: readonly Group[], logins: readonly string[]): Assignment {
  const places = groups.flatMap(({ name, members, quorum }) =>
    Array.from({ length: quorum }, () => ({ group: name, members: new Set(members.map(key)) })),
  );
  const taken = new Map<number, string>();
  const place = (login: string, tried: Set<number>): boolean => {
    for (const [index, { members }] of places.entries()) {
      if (tried.has(index) || !members.has(key(login))) continue;
      tried.add(index);
      const holder = taken.get(index);
      if (holder !== undefined && !place(holder, tried)) continue;
      taken.set(index, login);
      return true;
    }
    return false;
  };
  for (const login of distinct(logins)) place(login, new Set());
  const people = new Map<string, string>();
  for (const [index, login] of taken) people.set(login, places[index]?.group ?? '');
  const open = groups
    .map(({ name, quorum }) => ({ group: name, missing: quorum - count(people, name) }))
    .filter(({ missing }) => missing > 0);
  return { people, open, complete: open.length === 0 };
}

function count(people: ReadonlyMap<string, string>, group: string): number {
  return [...people.values()].filter((name) => name === group).length;
}

function distinct(logins: readonly string[]): readonly string[] {
  return [...new Map(logins.map((login) => [key(login), login])).values()];
}

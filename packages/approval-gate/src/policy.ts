// Who may approve: groups of people with a quorum each, who is excluded, and how long a request counts.
import { digestOf } from '@headgate/kit/digest';
import { InputError } from '@headgate/kit/errors';

export interface Group {
  readonly name: string;
  /** Logins as written; compared without regard to case. */
  readonly members: readonly string[];
  /** How many of them must approve. */
  readonly quorum: number;
}

/** People who took part in what is to be approved. */
export const roles = ['actor', 'triggering-actor', 'merger', 'pull-request-author'] as const;
export type Role = (typeof roles)[number];

export interface Policy {
  readonly groups: readonly Group[];
  readonly exclude: readonly Role[];
  readonly excludeAuthors: boolean;
  /** Milliseconds from the request on. */
  readonly expires: number;
}

/** A policy's name: a request made under another one is not this one's. The order of people and groups does not count. */
export function policyDigest({ groups, exclude, excludeAuthors, expires }: Policy): string {
  const sorted = (names: readonly string[]): string[] => names.map(key).sort(byCodeUnit);
  const listed = groups.map(({ name, members, quorum }) => ({ name, members: sorted(members), quorum }));
  return digestOf({
    schema: 1,
    groups: listed.sort((a, b) => byCodeUnit(a.name, b.name)),
    exclude: [...exclude].sort(byCodeUnit),
    excludeAuthors,
    expires,
  });
}

/** The form in which logins are compared: GitHub takes no notice of case. */
export function key(login: string): string {
  return login.toLowerCase();
}

/** Everybody who is in some group, each once, in the order of the groups. */
export function listedPeople(groups: readonly Group[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const login of groups.flatMap(({ members }) => members)) {
    if (!seen.has(key(login))) seen.set(key(login), login);
  }
  return [...seen.values()];
}

/**
 * Groups as the input or the settings have them: name → `{members, quorum}`.
 * @throws {InputError} naming the group and the member that is wrong.
 */
export function parseGroups(value: unknown): readonly Group[] {
  if (!isMapping(value) || Object.keys(value).length === 0) {
    throw new InputError('groups', 'a mapping of at least one group was expected', groupsHint);
  }
  const groups = Object.entries(value).map(([name, group]) => parseGroup(name, group));
  const people = listedPeople(groups).length;
  if (groups.length <= mostGroups && people <= mostPeople) return groups;
  const found = `${groups.length} with ${people} were found`;
  const wanted = `at most ${mostGroups} groups with ${mostPeople} people were expected`;
  throw new InputError('groups', `${wanted}, ${found}`, 'List those who really approve.');
}

/** All of them must fit into one comment, with everything else that it says. */
const mostGroups = 20;
const mostPeople = 500;

const groupsHint = 'Write groups as `name: {members: [login, login], quorum: 1}`.';

function parseGroup(name: string, value: unknown): Group {
  const place = `groups.${name.slice(0, 60)}`;
  if (!/^[a-z0-9][a-z0-9 -]{0,59}$/i.test(name))
    throw new InputError('groups', `${JSON.stringify(name.slice(0, 60))} is no name of a group`, groupsHint);
  if (!isMapping(value)) throw new InputError(place, 'members and quorum were expected', groupsHint);
  const unknown = Object.keys(value).find((member) => member !== 'members' && member !== 'quorum');
  if (unknown !== undefined)
    throw new InputError(place, `${JSON.stringify(unknown)} is not known here`, groupsHint);
  const members = parseMembers(place, value['members']);
  const quorum = value['quorum'] ?? 1;
  if (typeof quorum !== 'number' || !Number.isInteger(quorum) || quorum < 1 || quorum > members.length) {
    const wanted = `a whole number from 1 to ${members.length}, the number of members, was expected`;
    throw new InputError(`${place}.quorum`, `${wanted}, ${JSON.stringify(quorum)} was found`, groupsHint);
  }
  return { name, members, quorum };
}

function parseMembers(place: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new InputError(`${place}.members`, 'a list of at least one login was expected', groupsHint);
  const members = value.map((login) => parseLogin(`${place}.members`, login));
  return members.filter((login, index) => members.findIndex((other) => key(other) === key(login)) === index);
}

/** Letters, digits and single dashes: GitHub's own form. A team has a slash, a bot has brackets. */
function parseLogin(place: string, value: unknown): string {
  const login = typeof value === 'string' || typeof value === 'number' ? String(value).replace(/^@/, '') : '';
  if (/^[a-z\d](?:[a-z\d_-]{0,98}[a-z\d])?$/i.test(login)) return login;
  const found = String(JSON.stringify(value)).slice(0, 80);
  throw new InputError(
    place,
    `the login of a person was expected, ${found} was found`,
    'List people by login; the job token can read neither teams nor their members, and bots never approve.',
  );
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// What the schema cannot see about approvals, freezes and notifications: numbers that cannot be met, times that cannot be.
import { parseDuration } from '@headgate/kit/quantities';
import { type Finding, isMapping, type Path, showPath } from './finding.js';
import { entriesOf, listOf, textOf, textsOf } from './members.js';

const minute = 60_000;
/** GitHub re-runs a run for 30 days; a job ends after 6 hours, and needs some of them to park. Milliseconds. */
const longest = {
  expires: 30 * 24 * 60 * minute,
  'park-after': 340 * minute,
  interval: 10 * minute,
} as const;
/** Less would be a rush, or no time at all. */
const shortest = { expires: 1000, 'park-after': 1000, interval: 100 } as const;
const usual = { expires: '24h', 'park-after': '5h', interval: '15s' } as const;
const limits = { expires: '1s to 720h', 'park-after': '1s to 340m', interval: '100ms to 10m' } as const;

export function approvalFindings(value: unknown): readonly Finding[] {
  return entriesOf(value, 'environments').flatMap(([environment, block]) => {
    const approval = isMapping(block) ? block['approval'] : undefined;
    const path = ['environments', environment, 'approval'];
    return [
      ...entriesOf(approval, 'groups').flatMap(([name, group]) =>
        groupFindings(group, [...path, 'groups', name]),
      ),
      ...peopleFindings(approval, [...path, 'groups']),
      ...(isMapping(approval) ? timeFindings(approval, path) : []),
      ...reviewFindings(approval, value, [...path, 'review']),
      ...freezeFindings(block, ['environments', environment, 'freeze']),
    ];
  });
}

function groupFindings(group: unknown, path: Path): readonly Finding[] {
  const members = textsOf(group, 'members').map((login) => login.toLowerCase());
  const twice = members.findIndex((login, index) => members.indexOf(login) !== index);
  const findings: Finding[] = [];
  if (twice >= 0) {
    const message = `\`${showPath(path)}\` names ${members[twice] ?? ''} twice; a person counts once`;
    findings.push({
      path: [...path, 'members', twice],
      at: 'value',
      message,
      cure: 'Remove one of the two.',
    });
  }
  const quorum = isMapping(group) ? group['quorum'] : null;
  const people = new Set(members).size;
  if (typeof quorum === 'number' && people > 0 && quorum > people) {
    const message = `\`${showPath(path)}\`: a quorum of ${quorum} cannot be reached by ${people === 1 ? 'one member' : `${people} members`}`;
    const cure = 'Add members, or write a smaller `quorum`.';
    findings.push({ path: [...path, 'quorum'], at: 'value', message, cure });
  }
  return findings;
}

/** A person's word counts for one group only. */
function peopleFindings(approval: unknown, path: Path): readonly Finding[] {
  const groups = entriesOf(approval, 'groups').map(([, group]) => group);
  const people = new Set(
    groups.flatMap((group) => textsOf(group, 'members')).map((login) => login.toLowerCase()),
  );
  const quorums = groups.map((group) => (isMapping(group) ? (group['quorum'] ?? 1) : 0));
  const wanted = quorums.reduce<number>((sum, quorum) => sum + (typeof quorum === 'number' ? quorum : 0), 0);
  // What a single group lacks is said there.
  if (people.size === 0 || groups.length < 2 || wanted <= people.size) return [];
  const message = `\`${showPath(path)}\` need ${wanted} approvals by as many people, and name only ${people.size}`;
  return [{ path, at: 'key', message, cure: 'Add members, or write smaller quorums.' }];
}

function timeFindings(approval: unknown, path: Path): readonly Finding[] {
  return (['expires', 'park-after', 'interval'] as const).flatMap((key) => {
    const text = textOf(approval, key) ?? usual[key];
    const time = parseDuration(text);
    if (time === null || (time >= shortest[key] && time <= longest[key])) return [];
    const message = `\`${showPath(path)}\`: a time from ${limits[key]} was expected in \`${key}\`, found ${text}`;
    return [
      { path: [...path, key], at: 'value' as const, message, cure: `Write for example ${usual[key]}.` },
    ];
  });
}

/** Every job of a reviewed environment asks its reviewers again, so none that plans, applies or deploys may be in it. */
function reviewFindings(approval: unknown, value: unknown, path: Path): readonly Finding[] {
  const review = textOf(approval, 'review')?.toLowerCase();
  const used = entriesOf(value, 'environments').flatMap(([name]) => [name, `${name}-plan`]);
  const clash = [...used, 'pull-request-plan'].find((name) => name.toLowerCase() === review);
  if (clash === undefined) return [];
  const message = `\`${showPath(path)}\`: an environment of its own was expected, other jobs run in ${clash} and would ask its reviewers each time`;
  const cure = `Make a GitHub environment for the review alone, such as ${path[1] ?? 'production'}-review.`;
  return [{ path, at: 'value' as const, message, cure }];
}

function freezeFindings(block: unknown, path: Path): readonly Finding[] {
  return listOf(block, 'freeze').flatMap((window, index) => {
    const place = [...path, index];
    const [from, until] = [textOf(window, 'from'), textOf(window, 'until')];
    const [begin, end] = [Date.parse(from ?? ''), Date.parse(until ?? '')];
    const wrong = (['from', 'until'] as const).find((key) => isNoDay(textOf(window, key)));
    if (wrong !== undefined) {
      const message = `\`${showPath([...place, wrong])}\`: ${textOf(window, wrong) ?? ''} is no day of the calendar`;
      return [{ path: [...place, wrong], at: 'value' as const, message, cure: 'Correct the date.' }];
    }
    if (Number.isNaN(begin) || Number.isNaN(end) || begin < end) return [];
    const message = `\`${showPath(place)}\` ends before it begins`;
    return [
      { path: [...place, 'until'], at: 'value' as const, message, cure: 'Write a later time in `until`.' },
    ];
  });
}

/** 31 February has the form of a date: JavaScript takes it for a day in March. */
function isNoDay(text: string | null): boolean {
  const day = /^\d{4}-\d\d-\d\d(?=T)/.exec(text ?? '')?.[0];
  if (day === undefined) return false;
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day;
}

export function notificationFindings(value: unknown): readonly Finding[] {
  return entriesOf(value, 'notifications').flatMap(([name, channel]) => {
    if (!isMapping(channel) || channel['type'] !== 'smtp') return [];
    const path = ['notifications', name];
    const [hasName, hasPassword] = [Object.hasOwn(channel, 'username'), Object.hasOwn(channel, 'password')];
    if (hasName === hasPassword) return [];
    const [has, lacks] = hasName ? ['username', 'password'] : ['password', 'username'];
    const message = `\`${showPath(path)}\` has a \`${has}\` and no \`${lacks}\``;
    return [
      { path: [...path, has], at: 'key' as const, message, cure: `Add \`${lacks}\`, or remove \`${has}\`.` },
    ];
  });
}

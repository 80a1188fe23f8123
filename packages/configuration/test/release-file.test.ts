// What is wrong with machine images, infrastructure, tests, approvals, freezes and notifications: place, words and cure.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatProblem } from '../src/problem.js';
import { checkConfiguration } from '../src/read.js';
import { fleet, fleetFiles } from './fixtures.js';

function problemsOf(text: string): readonly string[] {
  const reading = checkConfiguration(text, 'headgate.yml', fleetFiles);
  return reading.ok ? [] : reading.problems.map((problem) => formatProblem('headgate.yml', problem));
}

/** The first line, from 1, that has this text. */
function lineOf(text: string): number {
  return fleet.slice(0, fleet.indexOf(text)).split('\n').length;
}

const plan = 'infrastructure: {main: {directory: infrastructure}}';
const mail = '    password: {secret: MAIL_PASSWORD}\n';
const operations = '{members: [cleo, dan], quorum: 2}';
const from = "from: '2026-12-24T00:00:00Z'";

describe('a headgate.yml with everything for a release', () => {
  it('is correct', () => {
    expect(problemsOf(fleet)).toEqual([]);
  });

  const cases: readonly (readonly [string, string, string])[] = [
    [
      'directory: machine-image',
      'directory: image',
      ':16: `machine-images.host.directory`: the folder image does not exist. Correct the path, or add it to the repository.',
    ],
    [
      'template: host.pkr.hcl',
      'template: hots.pkr.hcl',
      ':15: `machine-images.host.template`: the template machine-image/hots.pkr.hcl does not exist.',
    ],
    [
      'template: host.pkr.hcl',
      'template: -x',
      ':15: `machine-images.host.template`: a file or folder, seen from',
    ],
    [
      '[host.pkrvars.hcl]',
      '[other.hcl]',
      ':17: `machine-images.host.var-files.0`: the variable file machine-image/other.hcl',
    ],
    [
      'smoke: {docker.host',
      'smoke: ./smoke.sh # ',
      ':12: `machine-images.host.smoke`: a list of arguments, or a mapping',
    ],
    ['deadline: 20m', 'deadline: 0m', ':15: `machine-images.host.deadline`: a duration above 0'],
    ['[docker.host', '["docker host"', ':16: `machine-images.host.builders.0`: a builder such as docker.app'],
    [
      '{token: {secret: PACKER_TOKEN}}',
      '{token: hunter22}',
      ':22: `machine-images.host.secrets.token`: {secret: NAME} was expected, found a value. Put the value into the secret',
    ],
    [
      plan,
      plan.replace('infrastructure}}', 'infra}}'),
      ':40: `environments.integration.infrastructure.main.directory`: the folder infra does not exist.',
    ],
    [
      plan,
      plan.replace('main', 'configuration'),
      ":22: `environments.integration.infrastructure.configuration`: the name configuration is kept for the environment's own entry. Choose another name.",
    ],
    [
      plan,
      plan.replace('}}', '}, second: {directory: infrastructure/}}'),
      '`environments.integration.infrastructure.second` and `main` are the same directory and workspace.',
    ],
    [
      '[infrastructure/staging.tfvars]',
      '[staging.tfvars]',
      ':21: `environments.staging.infrastructure.main.var-files.0`: the file with variables staging.tfvars does not exist.',
    ],
    [
      'tool: tofu',
      'tool: tufo',
      ':15: `environments.staging.infrastructure.main.tool`: terraform, tofu or {var: NAME} was expected, found the text "tufo".',
    ],
    [
      'workspace: staging',
      'workspace: a b',
      ':20: `environments.staging.infrastructure.main.workspace`: a workspace of letters',
    ],
    [
      '{password: {secret: DB_PASSWORD}}',
      '{size: {secret: DB_PASSWORD}}',
      ':28: `environments.staging.infrastructure.main`: the variable `size` is also among `variables`. Keep one of the two.',
    ],
    [
      '{password: {secret: DB_PASSWORD}}',
      '{password: hunter22}',
      'secret-variables.password`: {secret: NAME} was expected, found a value.',
    ],
    [
      'lock: false',
      'lock: no',
      ':15: `environments.staging.infrastructure.main.lock`: true or false was expected',
    ],
    [
      'image: smoke, command',
      'image: smok, command',
      '`environments.staging.targets.web.tests.smoke` runs the image `smok`, which `images` does not have, did you mean `smoke`?',
    ],
    [
      'command: [node, smoke.js]',
      'command: node smoke.js',
      ':42: `environments.staging.targets.web.tests.smoke.command`: a list was expected, found the text "node smoke.js". Write [node, smoke.js].',
    ],
    [
      "own: {command: ['true']}",
      'own: {command: []}',
      ':26: `environments.staging.targets.web.tests.own.command`: at least the program',
    ],
    [
      "own: {command: ['true']}",
      'own: {}',
      ':11: `environments.staging.targets.web.tests.own` lacks the key `command`.',
    ],
    ['deadline: 30s', 'deadline: 0s', 'tests.smoke.deadline`: a duration above 0'],
    [
      '{members: [ada, ben]}',
      '{members: []}',
      ':32: `environments.production.approval.groups.engineering.members`: at least one member',
    ],
    [
      '{members: [ada, ben]}',
      '{members: [ada, Ada]}',
      ':38: `environments.production.approval.groups.engineering` names ada twice; a person counts once.',
    ],
    [
      '{members: [ada, ben]}',
      '{members: [acme/team]}',
      'engineering.members.0`: the login of a GitHub user was expected, found the text "acme/team".',
    ],
    [
      operations,
      '{members: [cleo, dan], quorum: 3}',
      ':52: `environments.production.approval.groups.operations`: a quorum of 3 cannot be reached by 2 members. Add members, or write a smaller `quorum`.',
    ],
    [
      'expires: 12h',
      'review: Staging-plan',
      '`environments.production.approval.review`: an environment of its own was expected, other jobs run in staging-plan and would ask its reviewers each time. Make a GitHub environment for the review alone, such as production-review.',
    ],
    ['expires: 12h', 'review: production', 'an environment of its own was expected'],
    [operations, '{members: [cleo], quorum: 2}', 'a quorum of 2 cannot be reached by one member.'],
    [
      operations,
      '{members: [cleo, dan], quorum: 0}',
      'operations.quorum`: a quorum of at least 1 was expected',
    ],
    [
      operations,
      '{members: [ada, ben], quorum: 2}',
      ':7: `environments.production.approval.groups` need 3 approvals by as many people, and name only 2.',
    ],
    [
      'expires: 12h',
      'expires: 721h',
      ':16: `environments.production.approval`: a time from 1s to 720h was expected in `expires`, found 721h. Write for example 24h.',
    ],
    ['expires: 12h', 'park-after: 6h', 'a time from 1s to 340m was expected in `park-after`, found 6h.'],
    ['expires: 12h', 'interval: 0s', 'a time from 100ms to 10m was expected in `interval`, found 0s.'],
    [
      'expires: 12h',
      'exclude: [author]',
      ':17: `environments.production.approval.exclude.0`: actor or triggering-actor or merger',
    ],
    [
      from,
      'from: 2026-12-24',
      ':21: `environments.production.freeze.0.from`: a time in UTC such as 2026-12-24T00:00:00Z',
    ],
    [
      from,
      "from: '2026-02-30T00:00:00Z'",
      ':21: `environments.production.freeze.0.from`: 2026-02-30T00:00:00Z is no day of the calendar.',
    ],
    [
      "until: '2027-01-02T00:00:00Z'",
      "until: '2026-12-24T00:00:00Z'",
      ':52: `environments.production.freeze.0` ends before it begins. Write a later time in `until`.',
    ],
    ['reason: holidays', "reason: ''", 'freeze.0.reason`: some text was expected'],
    [
      'type: smtp',
      'type: mail',
      ':11: `notifications.team.type`: smtp or webhook was expected, found the text "mail".',
    ],
    ['type: smtp', 'type: webhok', 'found the text "webhok". Write `webhook`.'],
    [
      "{var: SMTP_PORT, default: '2525'}",
      "'2525'",
      ':11: `notifications.team.port`: a number or {var: NAME} was expected',
    ],
    [
      mail,
      '    password: hunter22\n',
      ':15: `notifications.team.password`: {secret: NAME} was expected, found a value.',
    ],
    [
      `    username: robot\n${mail}`,
      '    username: robot\n',
      ':5: `notifications.team` has a `username` and no `password`. Add `password`, or remove `username`.',
    ],
    ['    username: robot\n', '', ':5: `notifications.team` has a `password` and no `username`.'],
    ['to: [team@example.com]', 'to: []', ':9: `notifications.team.to`: at least one address'],
    [
      'on: [released]',
      'on: [done]',
      'notifications.hook.on.0`: approval-requested or deployed or released or failed',
    ],
    ['on: [released]', 'on: []', 'notifications.hook.on`: at least one kind of news'],
    [
      'allow: [private]',
      'allow: [everything]',
      'notifications.hook.allow.0`: loopback or private or link-local',
    ],
    [
      'url: {secret: HOOK_URL}',
      'url: 7',
      'notifications.hook.url`: text, {var: NAME} or {secret: NAME} was expected',
    ],
    ['required: true', 'requierd: true', ':5: unknown key `requierd`, did you mean `required`?'],
    ['url: {secret: HOOK_URL}', 'url: {secrt: HOOK_URL}', 'unknown key `secrt`, did you mean `secret`?'],
  ];

  it.each(cases)('with %j as %j is refused', (before, after, expected) => {
    const problems = problemsOf(fleet.replace(before, after));

    expect(fleet).toContain(before);
    expect(problems).toContainEqual(expect.stringContaining(expected));
    expect(problems.join('\n')).not.toContain('hunter22');
    const found = problems.find((problem) => problem.includes(expected));
    const at = expected.includes('approval.groups` need') ? 'groups:' : before;
    expect(found).toMatch(new RegExp(`^headgate\\.yml:${lineOf(at)}:`));
  });

  it.each(['{secret: HOOK_URL}', '{var: HOOK}', '{var: HOOK, default: "https://a"}', 'https://a'])(
    'is correct with a webhook at %s',
    (url) => {
      expect(problemsOf(fleet.replace('url: {secret: HOOK_URL}', `url: ${url}`))).toEqual([]);
    },
  );

  it('without templates cannot hand machine images to a plan', () => {
    const text = fleet.replace(/machine-images:\n[\s\S]*?environments:/, 'environments:');

    expect(problemsOf(text)).toEqual([
      expect.stringContaining('asks for machine images, and `machine-images` lists none. List a template'),
    ]);
  });

  it('a channel that does not say what it is has one problem', () => {
    expect(problemsOf('application: shop\nnotifications: {team: {host: mail}, hook: mail}\n')).toEqual([
      'headgate.yml:2:23: `notifications.team.type`: smtp or webhook was expected, found nothing. Correct the value.',
      'headgate.yml:2:43: `notifications.hook`: a mapping of keys to values was expected, found the text "mail". Correct the value.',
    ]);
  });
});

describe('whatever stands where something belongs', () => {
  const keys = [...fleet.matchAll(/([a-z-]+): (?=[^\n{[]|\{|\[)/g)].map(
    ({ index, 0: text }) => index + text.length,
  );
  const anything = fc.constantFrom(
    '7',
    'true',
    'null',
    '[]',
    '{}',
    '[[1]]',
    '{a: {b: 1}}',
    '""',
    '~',
    'x',
    '{secret: X}',
  );

  it('is taken, or refused with a place inside the file; never a crash', () => {
    fc.assert(
      fc.property(fc.constantFrom(...keys), anything, (at, value) => {
        const rest = fleet.slice(at);
        const text = `${fleet.slice(0, at)}${value}${rest.slice(lengthOfValue(rest))}`;
        const reading = checkConfiguration(text, 'headgate.yml', fleetFiles);
        const lines = text.split('\n').length;
        for (const problem of reading.ok ? [] : reading.problems) {
          expect(problem.line).toBeLessThanOrEqual(lines);
          expect(problem.message).not.toContain('undefined');
          expect(problem.cure).not.toBe('');
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** To the end of a value: of its brackets, else of its word. */
function lengthOfValue(text: string): number {
  if (!/^[[{]/.test(text)) return /^[^\n,}\]]*/.exec(text)?.[0].length ?? 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (/[[{]/.test(text.charAt(index))) depth += 1;
    if (/[\]}]/.test(text.charAt(index))) depth -= 1;
    if (depth === 0) return index + 1;
  }
  return text.length;
}

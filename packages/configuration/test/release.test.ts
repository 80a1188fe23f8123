// From release branch to production: what runs at each step, with which settings and under whose policy.
import { legHash } from '@headgate/kit/record-names';
import { describe, expect, it } from '@jest/globals';
import { decide } from '../src/decide.js';
import type { Decision, Leg } from '../src/decision.js';
import { parseDecision } from '../src/decision-schema.js';
import type { Facts, PullRequestEvent } from '../src/facts.js';
import { commit, factsOf, fleet, readFleet } from './fixtures.js';

function decided(overrides: Partial<Facts>, text?: string): Decision {
  return decide(factsOf(overrides), readFleet(text));
}

function push(branch: string, overrides: Partial<Facts> = {}): Partial<Facts> {
  return { event: { kind: 'push', branch }, ref: `refs/heads/${branch}`, ...overrides };
}

function pull(overrides: Partial<PullRequestEvent>): Partial<Facts> {
  const event = {
    kind: 'pull-request',
    number: 9,
    head: 'release/1.3.0',
    base: 'master',
    untrusted: null,
    closed: false,
  } as const;
  return { eventName: 'pull_request', ref: 'refs/pull/9/merge', event: { ...event, ...overrides } };
}

function dispatch(branch: string): Partial<Facts> {
  return { eventName: 'workflow_dispatch', event: { kind: 'dispatch', branch }, ref: `refs/heads/${branch}` };
}

const before = 'b'.repeat(40);
const policyOf = (text: string): Partial<Facts> => ({
  policy: { commit: before, configuration: readFleet(text).configuration },
});
const merged = policyOf(fleet);
const fork = 'the pull request comes from the fork mallory/shop';

const names = (legs: readonly Leg[]): string => legs.map(({ name }) => name).join(' ');

describe('the way to production', () => {
  const rows: readonly (readonly [string, Partial<Facts>, string, object])[] = [
    [
      'a push to develop plans too, and builds no machine image',
      push('develop'),
      'images plan deploy notify',
      {
        images: 'shop smoke',
        machineImages: '',
        evidence: 'none',
        environment: 'integration',
        publish: true,
      },
    ],
    [
      'a push of a release builds everything for staging',
      push('release/1.3.0'),
      'images machine-images plan deploy finish notify',
      {
        images: 'shop smoke',
        machineImages: 'host',
        evidence: 'none',
        environment: 'staging',
        publish: true,
        version: '1.3.0',
        finish: { promote: false, forecast: true },
      },
    ],
    [
      'a push of a hotfix does the same',
      push('hotfix/1.2.4'),
      'images machine-images plan deploy finish notify',
      { machineImages: 'host', environment: 'staging', version: '1.2.4', publish: true },
    ],
    [
      'the pull request of a release builds nothing and looks for evidence',
      pull({}),
      'finish',
      {
        images: '',
        machineImages: '',
        plans: '',
        targets: '',
        evidence: 'verify',
        environment: null,
        publish: false,
        version: '1.3.0',
        finish: { promote: false, forecast: true },
      },
    ],
    [
      'a pull request of another branch into production has nothing to forecast',
      pull({ head: 'feature/x' }),
      '',
      { evidence: 'verify', version: null, images: '', finish: { promote: false, forecast: false } },
    ],
    [
      'a pull request of a fork into production is tested as well',
      pull({ untrusted: fork }),
      'images',
      {
        images: 'shop smoke',
        evidence: 'verify',
        trusted: false,
        finish: { promote: false, forecast: false },
      },
    ],
    [
      'a pull request into develop is built and tested as ever',
      pull({ base: 'develop' }),
      'images',
      { images: 'shop smoke', evidence: 'none', version: null, finish: { promote: false, forecast: false } },
    ],
    [
      'a push to production promotes',
      push('master', merged),
      'plan approval deploy finish notify',
      {
        images: '',
        machineImages: '',
        plans: 'main',
        targets: 'web',
        evidence: 'promote',
        environment: 'production',
        publish: false,
        version: null,
        finish: { promote: true, forecast: false },
      },
    ],
    [
      'develop started by a job is as a push of it',
      dispatch('develop'),
      'images plan deploy notify',
      { branchKind: 'development', publish: true, environment: 'integration' },
    ],
    [
      'a release started by a job is as a push of it',
      dispatch('release/1.3.0'),
      'images machine-images plan deploy finish notify',
      { branchKind: 'release', publish: true, version: '1.3.0' },
    ],
  ];

  it.each(rows)('%s', (_, facts, stages, expected) => {
    const decision = decided(facts);
    const shown = {
      ...decision,
      images: names(decision.images),
      machineImages: names(decision.machineImages),
      plans: names(decision.plans),
      targets: names(decision.targets),
    };

    const running = decision.stages.filter(({ expected: runs }) => runs).map(({ stage }) => stage);
    expect(running.join(' ')).toBe(stages);
    expect(shown).toMatchObject(expected);
    expect(decision.nothing).toBeNull();
    expect(decision.stages.every(({ reason }) => reason !== '')).toBe(true);
    expect(parseDecision(JSON.stringify(decision))).toEqual(decision);
  });

  it('nothing is promoted without images or machine images', () => {
    const decision = decided(push('master'), 'application: shop\n');

    expect(decision.nothing).toBe('headgate.yml lists no images');
    expect([decision.evidence, decision.finish.promote]).toEqual(['none', false]);
  });

  it('machine images alone are built and promoted, though not for develop', () => {
    const text = 'application: shop\nmachine-images: {host: {directory: machine-image}}\n';

    expect(names(decided(push('release/1.3.0'), text).machineImages)).toBe('host');
    expect(decided(push('master'), text)).toMatchObject({ nothing: null, evidence: 'promote' });
    expect(decided(push('develop'), text).nothing).toBe('headgate.yml lists no images');
  });

  it('a merge of an application without a production environment is still tagged and merged back', () => {
    const text = fleet
      .replace('branch: production', 'branch: development')
      .replace(/ {2}integration:[\s\S]*? {2}staging:/, '  staging:');
    const decision = decided(push('master'), text);

    expect(decision).toMatchObject({ environment: null, approval: null, finish: { promote: true } });
    expect(decision.stages.find(({ stage }) => stage === 'deploy')).toMatchObject({
      expected: false,
      reason: 'no environment is fed by production branches',
    });
  });
});

describe('settings', () => {
  it('of a machine image', () => {
    expect(decided(push('release/1.3.0')).machineImages).toEqual([
      {
        stage: 'machine-images',
        name: 'host',
        leg: legHash('machine-images', 'host'),
        settings: {
          leg: 'host',
          directory: 'machine-image',
          template: 'host.pkr.hcl',
          'var-files': ['host.pkrvars.hcl'],
          variables: { base: 'debian:12' },
          secrets: { token: { secret: 'PACKER_TOKEN' } },
          environment: [],
          only: [],
          except: [],
          builders: ['docker.host', 'file.motd'],
          manifest: 'packer-manifest.json',
          'smoke-command': { 'docker.host': ['./smoke.sh', '{id}'] },
          deadline: '20m',
        },
      },
    ]);
  });

  it('of a plan: sealed, with the names of secrets and of the variable for machine images', () => {
    expect(decided(push('release/1.3.0')).plans).toEqual([
      {
        stage: 'plan',
        name: 'main',
        leg: legHash('plan', 'main'),
        settings: {
          leg: 'main',
          environment: 'staging',
          tool: 'tofu',
          directory: 'infrastructure',
          workspace: 'staging',
          'var-files': ['infrastructure/staging.tfvars'],
          variables: { size: 'small' },
          'machine-images-variable': 'machine_images',
          'secret-variables': { password: 'DB_PASSWORD' },
          'secret-environment': { AWS_ACCESS_KEY_ID: 'AWS_KEY' },
          'pass-environment': [],
          'backend-config': { bucket: 'states' },
          lock: false,
          seal: true,
        },
      },
    ]);
  });

  it('name what the job hands to the tools', () => {
    const text = fleet
      .replace('    deadline: 20m', '    environment: [DOCKER_HOST]')
      .replace('        lock: false', '        pass-environment: [AWS_REGION]');
    const decision = decided(push('release/1.3.0'), text);

    expect(decision.machineImages[0]?.settings['environment']).toEqual(['DOCKER_HOST']);
    expect(decision.plans[0]?.settings['pass-environment']).toEqual(['AWS_REGION']);
  });

  it.each(['terraform', 'tofu'])('of a plan whose tool a variable names: %s', (tool) => {
    const text = fleet.replace('tool: tofu', 'tool: {var: TERRAFORM}');
    const variables = new Map([['TERRAFORM', tool]]);

    expect(decided(push('release/1.3.0', { variables }), text).plans[0]?.settings['tool']).toBe(tool);
  });

  it('of a plan whose tool is neither are refused', () => {
    const text = fleet.replace('tool: tofu', 'tool: {var: TERRAFORM}');
    const variables = new Map([['TERRAFORM', 'sh']]);

    expect(() => decided(push('release/1.3.0', { variables }), text)).toThrow(
      expect.objectContaining({ code: 'invalid-infrastructure' }),
    );
  });

  it('of a plan that a pull request shows: never sealed, no lock, no machine images', () => {
    const text = fleet.replace(
      'infrastructure: {main: {directory: infrastructure}}',
      'infrastructure: {main: {directory: infrastructure, machine-images: true}}',
    );
    const decision = decided(pull({ head: 'feature/x', base: 'develop' }), text);

    expect(decision.plans).toEqual([]);
    expect(decision.shownPlans).toMatchObject([
      {
        stage: 'plan',
        name: 'main',
        settings: { environment: 'integration', seal: false, lock: false, 'machine-images-variable': '' },
      },
    ]);
  });

  it.each<[string, Partial<Facts>]>([
    [
      'a fork',
      pull({ head: 'feature/x', base: 'develop', untrusted: 'the pull request comes from the fork a/b' }),
    ],
    ['another branch', pull({ head: 'feature/x', base: 'feature/y' })],
    ['production', pull({})],
  ])('of no plan are shown to a pull request of or into %s', (_, facts) => {
    expect(decided(facts).shownPlans).toEqual([]);
  });

  it('of tests of a target: in the image they name, else in the one that is deployed', () => {
    expect(decided(push('release/1.3.0')).targets[0]?.settings['tests']).toEqual({
      smoke: {
        'image-name': 'smoke',
        command: ['node', 'smoke.js'],
        environment: { MODE: 'quick' },
        deadline: '30s',
      },
      own: { 'image-name': 'shop', command: ['true'], environment: {}, deadline: '1m' },
    });
    expect(decided(push('develop')).targets[0]?.settings).not.toHaveProperty('tests');
  });

  it('of the approval', () => {
    expect(decided(push('master', merged)).approval).toEqual({
      stage: 'approval',
      name: 'production',
      leg: legHash('approval', 'production'),
      settings: {
        leg: 'production',
        environment: 'production',
        groups: {
          engineering: { members: ['ada', 'ben'], quorum: 1 },
          operations: { members: ['cleo', 'dan'], quorum: 2 },
        },
        exclude: ['actor', 'triggering-actor', 'merger', 'pull-request-author'],
        'exclude-authors': false,
        expires: '12h',
        'park-after': '5h',
        interval: '15s',
      },
    });
  });

  it('more than 256 legs of one kind are refused before a matrix is', () => {
    const many = Array.from(
      { length: 257 },
      (_, index) => `i${index}: {directory: infrastructure, workspace: w${index}}`,
    );
    const text = fleet.replace(
      'infrastructure: {main: {directory: infrastructure}}',
      `infrastructure: {${many.join(', ')}}`,
    );

    expect(() => decided(push('develop'), text)).toThrow(
      expect.objectContaining({ code: 'too-many-legs', message: expect.stringContaining('256 plans') }),
    );
  });
});

describe('reviewers of GitHub', () => {
  const reviewed = fleet.replace('expires: 12h', 'review: production-review');

  it('are asked where the approval names their environment', () => {
    expect(decided(push('master', policyOf(reviewed)), reviewed).review).toBe('production-review');
  });

  it('can neither be dropped nor added by the release that is reviewed', () => {
    expect(decided(push('master', policyOf(reviewed))).review).toBe('production-review');
    expect(decided(push('master', merged), reviewed).review).toBeNull();
  });

  it('are not asked on other branches, or where nobody names them', () => {
    expect(decided(push('develop'), reviewed).review).toBeNull();
    expect(decided(push('master', merged)).review).toBeNull();
  });
});

describe('the policy of production', () => {
  const stricter = fleet.replace('expires: 12h', 'expires: 1h');
  const open = fleet.replace(/ {4}approval:[\s\S]*? {4}freeze:/, '    freeze:');

  it('is that of the commit before the merge, and a change of it is announced', () => {
    const decision = decided(push('master', policyOf(stricter)));

    expect(decision.approval?.settings['expires']).toBe('1h');
    expect(decision.notices).toEqual([
      `Approval and freeze of production are those of ${before.slice(0, 12)}; what this release changes in them counts from the next one on.`,
    ]);
  });

  it('a target stays where it was, whatever the merge says of its host', () => {
    const text = fleet.replaceAll('proxy: {socket: /s, backend: b}', 'proxy: {socket: /t, backend: b}');
    const decision = decided(push('master', merged), text);

    expect(decision.targets[0]?.settings['proxy-socket']).toBe('/s');
    expect(decision.notices).toEqual([
      'The target web of production stays where it was: another engine, proxy, host or transport counts from the next release on.',
    ]);
  });

  it('a target gets no hosts, and none by ssh, from the merge that is about to run on them', () => {
    const ssh = 'transport: ssh, ssh: {host: deploy@elsewhere, known-hosts: elsewhere ssh-ed25519 AAAA}';
    for (const place of ['hosts: [{name: elsewhere, engine: /elsewhere/docker.sock}]', ssh]) {
      const text = fleet.replaceAll(
        'proxy: {socket: /s, backend: b}}}',
        `proxy: {socket: /s, backend: b}, ${place}}}`,
      );
      const decision = decided(push('master', merged), text);

      expect(JSON.stringify(decision.targets)).not.toContain('elsewhere');
      expect(decision.notices).toHaveLength(1);
    }
  });

  it('a new target is where the merge says, which is said', () => {
    const [head = '', tail = ''] = fleet.split('  production:\n');
    const text = `${head}  production:\n${tail.replace('targets: {web:', 'targets: {other:')}`;
    const decision = decided(push('master', merged), text);

    expect(decision.targets.map(({ name }) => name)).toEqual(['other']);
    expect(decision.notices).toEqual([
      'The target other of production is new: where it is says this very commit.',
    ]);
  });

  it('targets of other environments are where their file says', () => {
    const text = fleet.replaceAll('proxy: {socket: /s, backend: b}', 'proxy: {socket: /t, backend: b}');

    expect(decided(push('develop', merged), text).targets[0]?.settings['proxy-socket']).toBe('/t');
  });

  it('says nothing when the merge changes none of it', () => {
    expect(decided(push('master', merged)).notices).toEqual([]);
  });

  it('a merge can neither drop an approval nor a freeze', () => {
    const text = open.replace(/ {4}freeze:.*\n/, '');
    const decision = decided(push('master', merged), text);

    expect(decision.approval?.name).toBe('production');
    expect(decision.freeze).toEqual([
      { from: '2026-12-24T00:00:00Z', until: '2027-01-02T00:00:00Z', reason: 'holidays' },
    ]);
  });

  it('an approval that the merge brings counts from the next release on', () => {
    const decision = decided(push('master', policyOf(open)));

    expect(decision.approval).toBeNull();
    expect(decision.notices).toHaveLength(1);
  });

  it('the environment may have another name before', () => {
    const decision = decided(push('master', policyOf(stricter.replace('  production:\n', '  live:\n'))));

    expect(decision.approval).toMatchObject({ name: 'production', settings: { expires: '1h' } });
  });

  it.each<[string, Facts['policy']]>([
    ['a first commit', { commit: null, configuration: null }],
    ['a commit before without the file', { commit: before, configuration: null }],
    ['a commit before without production', policyOf('application: shop\n').policy ?? null],
  ])('for %s it is the one of this commit, which is said', (_, policy) => {
    const decision = decided(push('master', { policy }));

    expect(decision.approval?.settings['expires']).toBe('12h');
    expect(decision.freeze).toHaveLength(1);
    expect(decision.notices).toEqual([expect.stringContaining('are those of this very commit')]);
  });

  it('of other environments is the one beside the code, without a word', () => {
    const text = fleet.replace(
      '    branch: release\n',
      '    branch: release\n    approval: {groups: {qa: {members: [eve]}}}\n',
    );
    const decision = decided(push('release/1.3.0'), text);

    expect(decision.approval).toMatchObject({
      name: 'staging',
      settings: { groups: { qa: { members: ['eve'] } } },
    });
    expect(decision.notices).toEqual([]);
    expect(decision.freeze).toEqual([]);
  });

  it('an approval without infrastructure still binds what the environment is made with', () => {
    const text = fleet.replace(
      '    infrastructure: {main: {directory: infrastructure, workspace: production}}\n',
      '',
    );
    const plan = decided(push('master', policyOf(text)), text).stages.find(({ stage }) => stage === 'plan');

    expect(plan).toMatchObject({
      expected: true,
      reason: expect.stringContaining('part of what is approved'),
    });
  });
});

describe('notifications', () => {
  const team = {
    type: 'smtp',
    name: 'team',
    required: true,
    host: 'mail.example.com',
    port: 2525,
    from: 'shop@example.com',
    to: ['team@example.com'],
    starttls: 'required',
    username: 'robot',
    password: { secret: 'MAIL_PASSWORD' },
  };
  const hook = {
    type: 'webhook',
    name: 'hook',
    required: false,
    url: { secret: 'HOOK_URL' },
    secret: { secret: 'HOOK_KEY' },
    allow: ['private'],
  };

  it('of a push to production go to the channels that want them', () => {
    const { notifications } = decided(push('master', merged));
    const data = {
      application: 'shop',
      environment: 'production',
      branch: 'master',
      commit,
      'environment-url': 'https://shop.example.com',
    };

    expect(notifications).toEqual({
      'approval-requested': {
        leg: 'approval-requested',
        event: 'approval-requested',
        channels: [team],
        data,
      },
      deployed: { leg: 'deployed', event: 'deployed', channels: [team], data },
      released: { leg: 'released', event: 'released', channels: [team, hook], data },
      failed: { leg: 'failed', event: 'failed', channels: [team], data },
    });
  });

  it.each<[string, Partial<Facts>, readonly string[]]>([
    ['a release', push('release/1.3.0'), ['deployed', 'failed']],
    ['develop', push('develop'), ['deployed', 'failed']],
    ['a feature branch', push('feature/x'), []],
    ['a pull request into production', pull({}), []],
    ['a fork', pull({ untrusted: fork }), []],
  ])('%s has the news it can have', (_, facts, kinds) => {
    expect(Object.keys(decided(facts).notifications)).toEqual(kinds);
  });

  it('a variable of a channel that is not asked stops no run', () => {
    const text = fleet.replace('{var: SMTP_HOST, default: mail.example.com}', '{var: SMTP_HOST}');

    expect(decided(push('feature/x'), text).nothing).toBeNull();
    expect(() => decided(push('develop'), text)).toThrow(
      expect.objectContaining({
        code: 'missing-variable',
        message: expect.stringContaining('notifications.team.host'),
      }),
    );
  });

  const refused: readonly (readonly [string, string])[] = [
    ['host: {var: SMTP_HOST, default: mail.example.com}', 'host: "mail example"'],
    ['host: {var: SMTP_HOST, default: mail.example.com}', 'host: ""'],
    ['from: shop@example.com', 'from: shop'],
    ['from: shop@example.com', 'from: "a@b.example, c@d.example"'],
    ['to: [team@example.com]', 'to: [team@example.com, "x <y>"]'],
    ['username: robot', 'username: ""'],
    ['url: {secret: HOOK_URL}', 'url: "ftp://hooks.example.com"'],
    ['url: {secret: HOOK_URL}', 'url: "https://user:hunter22@hooks.example.com"'],
    ['    username: robot', '    starttls: none\n    username: robot'],
    ['    username: robot', '    starttls: opportunistic\n    username: robot'],
    ["default: '2525'", "default: '0'"],
    ["default: '2525'", "default: '70000'"],
    ["default: '2525'", 'default: 25x'],
    ["default: '2525'", "default: ''"],
  ];

  it.each(refused)('a channel with %j as %j is refused when the run begins', (before, after) => {
    const text = fleet.replace(before, after);
    const decideIt = (): Decision => decided(push('master', policyOf(text)), text);

    expect(fleet).toContain(before);
    expect(decideIt).toThrow(expect.objectContaining({ code: 'invalid-notification' }));
    expect(decideIt).not.toThrow(expect.objectContaining({ message: expect.stringContaining('hunter22') }));
  });

  it('a password may travel unencrypted inside the machine', () => {
    const text = fleet
      .replace('host: {var: SMTP_HOST, default: mail.example.com}', 'host: 127.0.0.1')
      .replace('    username: robot', '    starttls: none\n    username: robot');

    expect(decided(push('develop'), text).notifications.deployed).toMatchObject({
      channels: [{ host: '127.0.0.1', starttls: 'none' }],
    });
  });
});

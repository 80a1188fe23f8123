// A released version by hand: which environment, under whose policy, and when nobody has to be asked.
import { describe, expect, it } from '@jest/globals';
import { decide } from '../src/decide.js';
import type { Decision } from '../src/decision.js';
import { parseDecision } from '../src/decision-schema.js';
import type { RestoredFacts } from '../src/facts.js';
import { factsOf, fleet, readFleet } from './fixtures.js';

interface Asked {
  readonly branch?: string;
  readonly environment?: string;
  readonly restored?: Partial<RestoredFacts>;
  /** headgate.yml of the release, and of the production branch now. */
  readonly released?: string;
  readonly now?: string;
}

const ran = { version: '1.0.0', replaces: '1.1.0', provenBy: 'https://github.com/octo/shop/actions/runs/7' };

function decided(asked: Asked = {}): Decision {
  const { branch = 'master', environment = 'production', now = fleet } = asked;
  return decide(
    factsOf({
      eventName: 'workflow_dispatch',
      event: { kind: 'dispatch', branch, restore: { version: '1.0.0', environment } },
      ref: `refs/heads/${branch}`,
      policy: { commit: 'b'.repeat(40), configuration: readFleet(now).configuration },
      restored: { ...ran, ...asked.restored },
    }),
    readFleet(asked.released),
  );
}

const preApproved = fleet.replace('expires: 12h', 'rollback: pre-approved');

describe('a released version by hand', () => {
  it('builds, tags and merges nothing: the digests are those of the release', () => {
    const decision = decided();

    expect(decision).toMatchObject({
      evidence: 'restore',
      environment: 'production',
      version: '1.0.0',
      replaces: '1.1.0',
      images: [],
      machineImages: [],
      publish: false,
      finish: { promote: false, forecast: false },
    });
    expect(decision.plans.map(({ name }) => name)).toEqual(['main']);
    expect(decision.targets.map(({ name }) => name)).toEqual(['web']);
    expect(parseDecision(JSON.stringify(decision))).toEqual(decision);
  });

  it.each(['integration', 'staging', 'production'])('goes to %s when that is asked for', (environment) => {
    expect(decided({ environment }).environment).toBe(environment);
  });

  it('is asked for on the production branch alone', () => {
    const decision = decided({ branch: 'develop' });

    expect(decision.nothing).toBe('develop: a version is deployed by hand only from master');
    expect(decision.targets).toEqual([]);
  });

  it('is planned with the files of the release', () => {
    const released = fleet.replace('workspace: production', 'workspace: live');

    expect(decided({ released }).plans[0]?.settings['workspace']).toBe('live');
  });
});

describe('the policy for a released version', () => {
  it('is that of the production branch now, also where the release had none', () => {
    const released = fleet.replace(/ {4}approval:[\s\S]*? {4}freeze:/, '    freeze:');
    const decision = decided({ released });

    expect(decision.approval?.name).toBe('production');
    expect(decision.freeze).toHaveLength(1);
  });

  it('of any environment, not of production alone', () => {
    const now = fleet.replace(
      '    branch: release\n',
      '    branch: release\n    approval: {groups: {qa: {members: [eve]}}}\n',
    );

    expect(decided({ environment: 'staging', now }).approval?.name).toBe('staging');
  });

  it('says where the targets are', () => {
    const released = fleet.replaceAll('backend: b}', 'backend: former}');

    expect(decided({ released }).targets[0]?.settings['proxy-backend']).toBe('b');
  });

  it('asks nobody for an older version that has run there, if it says so', () => {
    const decision = decided({ now: preApproved });

    expect(decision.approval).toBeNull();
    expect(decision.review).toBeNull();
    expect(decision.notices).toEqual([
      `Back to 1.0.0 is pre-approved for production: it ran there, see ${ran.provenBy}.`,
    ]);
  });

  it.each<readonly [string, Asked]>([
    ['a version that nothing shows to have run there', { restored: { provenBy: null } }],
    ['a newer version', { restored: { version: '1.2.0' } }],
    ['the version that runs', { restored: { version: '1.1.0' } }],
    ['a version while nobody knows what runs', { restored: { replaces: null } }],
  ])('asks for %s all the same', (_what, asked) => {
    expect(decided({ now: preApproved, ...asked }).approval?.name).toBe('production');
  });

  it('is not that of the release: what it called pre-approved counts no more', () => {
    expect(decided({ released: preApproved }).approval?.name).toBe('production');
  });
});

import { describe, expect, it } from '@jest/globals';
import { routes } from '../src/routes.js';
import { readFleet, readShop } from './fixtures.js';

describe('the routing table of an application', () => {
  it('names each event with its stages', () => {
    const rows = routes(readShop().configuration).map((row) => [
      row.event,
      row.branch,
      row.stages.join(' '),
      row.what,
    ]);

    expect(rows).toEqual([
      ['push', 'feature/*', 'images', 'build and test'],
      ['pull request', 'develop', 'images', 'build and test'],
      ['push', 'develop', 'images deploy', 'build, test, publish, deploy to integration'],
      ['push', 'release/*', 'images finish', 'build, test, publish, forecast of the back-merge'],
      ['push', 'hotfix/*', 'images finish', 'build, test, publish, forecast of the back-merge'],
      ['pull request', 'master', 'finish', 'the digests that staging ran, forecast of the back-merge'],
      ['push', 'master', 'finish', 'the digests that staging ran, tag, release and merge back'],
      ['push', 'support/*', 'images', 'build and test'],
      ['schedule', 'default branch', '', 'drift of the back-merge'],
    ]);
  });

  it('names plans, approvals and machine images where an application has them', () => {
    const rows = routes(readFleet().configuration).filter(({ event }) => event === 'push');
    const row = (branch: string): readonly string[] => {
      const found = rows.find((each) => each.branch === branch);
      return [found?.stages.join(' ') ?? '', found?.what ?? ''];
    };

    expect(row('develop')).toEqual([
      'images plan deploy',
      'build, test, publish, plan for integration, apply, deploy to integration',
    ]);
    expect(row('release/*')).toEqual([
      'images machine-images plan deploy finish',
      'build, test, publish, build machine images, plan for staging, apply, deploy to staging, forecast of the back-merge',
    ]);
    expect(row('master')).toEqual([
      'plan approval deploy finish',
      'the digests that staging ran, plan for production, wait for approval, apply, deploy to production, tag, release and merge back',
    ]);
  });

  it('an application without images runs nothing', () => {
    expect(
      routes(readShop('application: shop\n').configuration).every(({ stages }) => stages.length === 0),
    ).toBe(true);
  });
});

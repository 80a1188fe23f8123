import { describe, expect, it } from '@jest/globals';
import { routes } from '../src/routes.js';
import { readShop } from './fixtures.js';

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
      ['push', 'release/*', 'images', 'build, test, publish'],
      ['push', 'hotfix/*', 'images', 'build, test, publish'],
      ['pull request', 'master', 'images', 'build and test'],
      ['push', 'master', '', expect.stringContaining('does not promote it yet')],
      ['push', 'support/*', 'images', 'build and test'],
    ]);
  });

  it('an application without images runs nothing', () => {
    expect(
      routes(readShop('application: shop\n').configuration).every(({ stages }) => stages.length === 0),
    ).toBe(true);
  });
});

// A fork whose pull request attacks: it is built and tested, and can neither read a secret nor write anything.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cloneAs } from './clone.js';
import { decisionOf, recordOf, repositories } from './leavings.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { configuration, delivery, dockerfile, runScript } from './tiny-application.js';
import { scenarios } from './tools.js';

const suite = await scenarios('forks');

suite('a pull request from a fork', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ deploys: true });
    scene.giveBuildSecrets({ TOKEN: 'a token for the build' });
  });
  afterAll(() => scene.close());

  /** A job of the fork's own in the workflow file: it asks for every right and tries what it should not be able to do. */
  const attack = [
    '  attack:',
    '    runs-on: ubuntu-24.04',
    '    permissions: write-all',
    '    steps:',
    '      - env:',
    `          SECRET: \${{ secrets.BUILD_SECRETS }}\${{ secrets.DEPLOY_SECRETS }}`,
    `          TOKEN: \${{ github.token }}`,
    '        run: |',
    '          echo "secrets: [$SECRET]"',
    '          attempt() {',
    `            status=$(curl -s -o answer.json -w '%{http_code}' -X POST -H "Authorization: Bearer $TOKEN" -d "$2" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$1")`,
    '            echo "$1: $status"',
    '          }',
    `          attempt deployments '{"ref": "develop"}'`,
    `          attempt git/refs "{\\"ref\\": \\"refs/heads/mine\\", \\"sha\\": \\"$GITHUB_SHA\\"}"`,
    `          attempt issues '{"title": "mine"}'`,
  ];

  it('is built and tested without secrets, cannot write and publishes nothing', async () => {
    const fork = await scene.host.addFork(scene.repository, 'eve');
    const eve = scene.host.person('eve', { role: 'read' });
    const clone = await cloneAs(eve, fork, join(scene.directory, 'fork'));
    const commit = await clone.commit({
      branch: 'feature/gift',
      files: {
        '.github/workflows/delivery.yml': delivery('v1', attack),
        'headgate.yml': configuration({
          application: scene.application,
          deploys: true,
          image: ['    secrets: { token: { secret: TOKEN, optional: true } }'],
        }),
        Dockerfile: dockerfile({ test: [runScript("console.log('the gate ran')")] }),
      },
    });
    await clone.push('feature/gift');
    const pull = { repository: scene.repository, head: 'eve:feature/gift', base: 'develop', title: 'A gift' };
    await eve.openPullRequest(pull);
    const run = await scene.runOf('pull_request', commit);
    await scene.idle();

    expect(run.headRepository).toBe(fork);
    expect(conclusions(run)).toEqual({
      decide: 'success',
      'image (app)': 'success',
      collect: 'success',
      record: 'success',
      attack: 'success',
      'result (pull_request)': 'success',
    });
    const { log } = jobOf(run, 'attack');
    for (const said of ['secrets: []', 'deployments: 403', 'git/refs: 403', 'issues: 403']) {
      expect(log).toContain(said);
    }
    const { log: build } = jobOf(run, 'image (app)');
    expect(build).toContain('the gate ran');
    expect(build).toMatch(/GITHUB_TOKEN permissions: (?!.*write)/u);
    expect(await repositories(scene.registry)).toEqual([]);
    expect(decisionOf(run)).toMatchObject({ trusted: false, publish: false, environment: null });
    expect(jobOf(run, 'decide').summary).toMatch(/No secrets and nothing published: .*fork eve/u);
    expect(recordOf(scene, run).images).toMatchObject([{ name: 'app', reference: null, tags: [] }]);
  });
});

// A run that parks itself, and a comment that resumes it: the engine on the GitHub double itself.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { type DeliveryHost, openDeliveryHost } from '../support/delivery-host.js';
import { conclusions, jobNamed, repository } from '../support/rehearsal.js';

const delivery = (root: string): string => `on: { push: { branches: [master] } }
permissions: {}
jobs:
  request: { runs-on: x, steps: [{ run: "echo x >> ${root}/requested" }] }
  wait: { needs: request, runs-on: x, steps: [{ run: "test -e ${root}/approved" }] }
  slow: { runs-on: x, steps: [{ run: "touch ${root}/begun; while test ! -e ${root}/go; do sleep 0.05; done" }] }
`;

const resume = (root: string): string => `on: { issue_comment: { types: [created] } }
permissions: {}
jobs:
  resume:
    if: startsWith(github.event.comment.body, '/approve ') && github.event.comment.user.type == 'User'
    permissions: { actions: write, issues: read }
    runs-on: x
    steps:
      - run: |
          echo "on $GITHUB_REF at $GITHUB_SHA by $GITHUB_ACTOR"
          api="$GITHUB_API_URL/repos/$GITHUB_REPOSITORY"
          run="$(cat ${root}/run)"
          ask() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $TOKEN" "$@"; }
          echo "contents $(ask "$api/branches"), comment $(ask -d '{"body":"x"}' "$api/issues/1/comments")"
          echo "resumed $(ask -X POST "$api/actions/runs/$run/rerun-failed-jobs")"
        env: { TOKEN: "\${{ github.token }}" }
`;

describe('a comment', () => {
  let place: DeliveryHost;
  let root: string;
  beforeEach(async () => {
    place = await openDeliveryHost();
    ({ root } = place);
  });
  afterEach(() => place.close());

  const until = async (holds: () => boolean): Promise<void> => {
    const end = Date.now() + 20_000;
    while (!holds() && Date.now() < end) await systemClock.sleep(20);
    expect(holds()).toBe(true);
  };

  const newest = async (): Promise<RunState> => {
    const run = (await place.started()).at(-1);
    if (run === undefined) throw new Error('no run was started');
    return run;
  };

  const commented = async (login: string, body: string): Promise<RunState> => {
    await place.host.person(login, { role: 'write' }).comment({ repository, number: 1, body });
    return place.engine.finished((await newest()).id);
  };

  it('starts a run on the default branch while another goes on, and may resume a parked one', async () => {
    const { host, engine } = place;
    const sha = await place.push({
      '.github/workflows/delivery.yml': delivery(root),
      '.github/workflows/resume.yml': resume(root),
    });
    const run = await newest();
    writeFileSync(join(root, 'run'), String(run.id));
    await host.person('ann', { role: 'admin' }).openIssue({ repository, title: 'Approval' });
    await until(() => existsSync(join(root, 'begun')));

    const early = await commented('bea', '/approve 0123456789ab');
    expect(jobNamed(early, 'resume').log).toContain(`on refs/heads/master at ${sha} by bea`);
    // Nothing but what the job was given; and a run that goes on is not run again.
    expect(jobNamed(early, 'resume').log).toContain('contents 403, comment 403');
    expect(jobNamed(early, 'resume').log).toContain('resumed 403');
    expect(run.status).toBe('in_progress');

    writeFileSync(join(root, 'go'), '');
    await engine.finished(run.id);
    expect(conclusions(run)).toEqual({ request: 'success', wait: 'failure', slow: 'success' });
    expect(conclusions(await commented('helper[bot]', '/approve 0123456789ab'))).toEqual({
      resume: 'skipped',
    });

    writeFileSync(join(root, 'approved'), '');
    const late = await commented('bea', '/approve 0123456789ab');
    await place.started();
    await engine.finished(run.id);
    expect(jobNamed(late, 'resume').log).toContain('resumed 201');
    expect(conclusions(run)).toEqual({ wait: 'success' });
    expect(run).toMatchObject({ attempt: 2, conclusion: 'success', triggeringActor: 'github-actions[bot]' });
    expect(host.violations).toEqual([]);
  });
});

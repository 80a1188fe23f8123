// The gate against a thread: asking, waiting, and every way it ends.
import { digestOf } from '@headgate/kit/digest';
import { subjectDigest, subjectOfRecord } from '@headgate/kit/subject';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { configuration, record, sha } from './delivered.js';
import { bot, pullNumber } from './forge.js';
import { approve, digits, gateInputs, openScene, type Scene, subject } from './scene.js';

let scene: Scene;
beforeEach(() => {
  scene = openScene();
});
const requests = (): number =>
  scene.forge.comments.filter(({ body }) => body.startsWith('<!-- headgate-approval request')).length;
const bothApprove = (): void => {
  scene.forge.say('ada', approve);
  scene.forge.say('linus', approve);
};
const hour = 3_600_000;

describe('a request', () => {
  it('is one comment on the merged pull request, with digits, groups and what to write', async () => {
    const { outputs } = await scene.request();

    const [comment] = scene.forge.comments;
    expect(scene.forge.comments).toHaveLength(1);
    expect(comment?.body).toContain(approve);
    expect(comment?.body).toContain('@ada');
    expect(comment?.body).not.toContain('@dana');
    expect(comment?.body).toContain('`dana` (opened the pull request)');
    expect(comment?.body).toContain('`max` (started this run)');
    expect(outputs).toMatchObject({
      asked: 'true',
      decision: 'pending',
      subject,
      deadline: '2026-01-02T00:00:00.000Z',
    });
    expect(outputs['url']).toContain(`#issuecomment-${outputs['id']}`);
  });

  it('is found again by fifty other attempts, by whomever they were started', async () => {
    const first = await scene.request();
    for (let attempt = 2; attempt <= 50; attempt += 1) {
      const again = await scene.request({}, { runAttempt: attempt, triggeringActor: 'ada' });
      expect(again.outputs).toEqual({ ...first.outputs, asked: 'false' });
    }

    expect(requests()).toBe(1);
  });

  it('is not found among comments of people or of other bots', async () => {
    await scene.request();
    const body = scene.forge.comments[0]?.body ?? '';
    scene.forge.comments.splice(0);
    scene.forge.say('ada', body);
    scene.forge.say('helper[bot]', body);

    await scene.request();

    expect(requests()).toBe(3);
    expect(scene.forge.comments.at(-1)?.login).toBe(bot);
  });

  it.each<[string, (scene: Scene) => void]>([
    [
      'somebody changed it',
      ({ forge }) => forge.comments[0] && forge.edit(forge.comments[0], `${forge.comments[0].body} `),
    ],
    ['its time is over', ({ clock }) => clock.advance(25 * hour)],
    ['somebody deleted it', ({ forge }) => forge.comments[0] && forge.remove(forge.comments[0])],
  ])('is made anew when %s', async (_name, happen) => {
    const first = await scene.request();
    happen(scene);

    const second = await scene.request({}, { runAttempt: 2 });

    expect(second.outputs['id']).not.toBe(first.outputs['id']);
  });

  it('is made anew by all jobs after an objection, and former words do not count for it', async () => {
    await scene.request();
    scene.forge.say('ada', approve);
    scene.forge.say('linus', `/reject ${digits}`);
    await scene.wait();

    await scene.request({}, { runAttempt: 2 });
    const result = await scene.wait({ parkAfter: 60_000 }, { runAttempt: 2 });

    expect(requests()).toBe(2);
    expect(result.outputs['decision']).toBe('pending');
  });

  it('is refused at once when too few people may approve, before anybody is asked', async () => {
    const groups = [{ name: 'operations', members: ['max', 'dana'], quorum: 1 }];

    const asked = scene.request({ policy: { ...gateInputs.policy, groups } });

    await expect(asked).rejects.toMatchObject({
      code: 'quorum-impossible',
      message: expect.stringContaining('max started this run, dana opened the pull request'),
    });
    expect(scene.forge.comments).toEqual([]);
  });

  it('excludes nobody when told so', async () => {
    await scene.request({ policy: { ...gateInputs.policy, exclude: [] } });

    expect(scene.forge.comments[0]?.body).toContain('@dana');
  });

  it('excludes authors and committers of the commits, and says how many are unknown', async () => {
    const commit = (author: string | null, committer: string): unknown => ({
      author: author === null ? null : { login: author },
      committer: { login: committer },
    });
    scene.forge.on('GET /repos/{owner}/{repo}/compare/{basehead}', () => ({
      commits: [commit('Ada', 'web-flow'), commit(null, 'margaret')],
    }));

    await scene.request({ policy: { ...gateInputs.policy, excludeAuthors: true } });

    const body = scene.forge.comments[0]?.body ?? '';
    expect(body).toContain('`ada` (wrote a commit)');
    expect(body).toContain('`margaret` (committed a commit)');
    expect(body).toContain('1 of 2 commits');
  });

  it('by a token that writes under another name is taken back', async () => {
    scene.forge.self = 'helper[bot]';

    await expect(scene.request()).rejects.toMatchObject({
      code: 'bot-mismatch',
      hint: 'Set `bot: helper[bot]`.',
    });
    expect(scene.forge.comments).toEqual([]);
  });

  it('goes to one issue for the environment when no pull request was merged', async () => {
    const issues: { number: number; title: string; body: string; user: { login: string } }[] = [];
    scene.forge.on('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', () => []);
    scene.forge.on('GET /repos/{owner}/{repo}/issues', () => issues);
    scene.forge.on('POST /repos/{owner}/{repo}/issues', ({ title, body }) => {
      issues.push({ number: 30, title: String(title), body: String(body), user: { login: bot } });
      return { number: 30 };
    });

    await scene.request();
    await scene.request({}, { runAttempt: 2 });
    scene.forge.say('dana', approve, 30);
    scene.forge.say('linus', approve, 30);
    const result = await scene.wait();

    expect(issues).toHaveLength(1);
    expect(result.outputs['decision']).toBe('approved');
  });
});

it('is refused where an open request for another environment has the same digits', async () => {
  await scene.request({ environment: 'staging' });

  await expect(scene.request()).rejects.toMatchObject({ code: 'subject-ambiguous' });
  expect(requests()).toBe(1);
});

describe('a request for what a record holds', () => {
  const source = { subject: '', record: { artifactId: '40', digest: digestOf(record) } };
  beforeEach(() => {
    scene.forge.downloadArtifact = async () => Buffer.from(JSON.stringify(record));
  });

  it('is bound to the subject of the record, which approval hands on', async () => {
    const expected = subjectDigest(
      subjectOfRecord(record, { environment: 'production', configurationDigest: configuration.digest }),
    );
    const line = `/approve ${expected.slice(7, 19)}`;

    const asked = await scene.request(source);
    scene.forge.say('ada', line);
    scene.forge.say('linus', line);
    const result = await scene.wait({ ...source, subject: expected });

    expect(asked.outputs['subject']).toBe(expected);
    expect(result.outputs).toMatchObject({ decision: 'approved', subject: expected });
    expect(scene.forge.comments[0]?.body).toContain('`infrastructure`');
  });

  it('is refused when the record is another one, or gives another subject', async () => {
    const other = { artifactId: '40', digest: sha('0') };

    await expect(scene.request({ ...source, record: other })).rejects.toMatchObject({
      code: 'record-mismatch',
    });
    await expect(scene.request({ ...source, subject: sha('0') })).rejects.toMatchObject({
      code: 'subject-mismatch',
    });
    expect(scene.forge.comments).toEqual([]);
  });
});

describe('waiting', () => {
  beforeEach(async () => {
    await scene.request();
  });

  it('ends as approved once each group has its quorum, and says by whom', async () => {
    scene.atLook(3, () => scene.forge.say('ada', approve));
    scene.atLook(5, () => scene.forge.say('Linus', `${approve} looks fine`));

    const result = await scene.wait();

    expect(result.failure).toBeUndefined();
    expect(result.outputs['decision']).toBe('approved');
    expect(JSON.parse(String(result.outputs['approvers']))).toMatchObject([
      { login: 'ada', group: 'engineering', at: '2026-01-01T00:00:15.000Z' },
      { login: 'Linus', group: 'operations' },
    ]);
    expect(result.entry?.parts.approvals).toMatchObject([
      { environment: 'production', subject, decision: 'approved' },
    ]);
    expect(scene.replies()).toHaveLength(1);
    expect(scene.replies()[0]).toContain('**Approved**');
    expect(scene.deps.core.summary()).toContain('Approval for production: approved');
  });

  it('keeps approvals for another attempt, even one that an approver started, and says so once', async () => {
    bothApprove();
    await scene.wait();

    const again = await scene.wait({}, { runAttempt: 2, triggeringActor: 'ada' });

    expect(again.outputs['decision']).toBe('approved');
    expect(scene.replies()).toHaveLength(1);
  });

  it('does not take one person for two groups', async () => {
    const groups = [
      { name: 'engineering', members: ['ada', 'grace'], quorum: 1 },
      { name: 'operations', members: ['ada', 'linus'], quorum: 1 },
    ];
    await scene.request({ policy: { ...gateInputs.policy, groups } });
    scene.forge.say('ada', approve);
    scene.forge.say('ada', approve);

    const result = await scene.wait({ parkAfter: 60_000, policy: { ...gateInputs.policy, groups } });

    expect(result.outputs['decision']).toBe('pending');
  });

  it.each([['grace'], ['dana'], ['max']])(
    'ends at once when %s objects, who may do so even after taking part',
    async (login) => {
      bothApprove();
      scene.forge.say(login, `/reject ${digits} not today`);

      const result = await scene.wait();

      expect(result.failure).toMatchObject({
        code: 'rejected',
        message: expect.stringContaining(`${login} objected`),
      });
      expect(result.outputs['decision']).toBe('rejected');
      expect(result.entry?.parts.approvals).toMatchObject([{ decision: 'rejected', approvers: [] }]);
    },
  );

  it('stays rejected when the objection is deleted afterwards', async () => {
    const objection = scene.forge.say('grace', `/reject ${digits}`);
    await scene.wait();
    scene.forge.remove(objection);
    bothApprove();

    const again = await scene.wait({}, { runAttempt: 2 });

    expect(again.outputs['decision']).toBe('rejected');
    expect(scene.replies()).toHaveLength(1);
  });

  it('takes an approval back that is deleted before the quorum is reached', async () => {
    const first = scene.forge.say('ada', approve);
    scene.atLook(3, () => scene.forge.remove(first));
    scene.atLook(4, () => scene.forge.say('linus', approve));

    expect((await scene.wait({ parkAfter: 10 * 60_000 })).outputs['decision']).toBe('pending');
  });

  it('reads everything once more before it lets anything go', async () => {
    bothApprove();
    scene.atLook(3, () => scene.forge.say('grace', `/reject ${digits}`));

    expect((await scene.wait()).outputs['decision']).toBe('rejected');
  });

  it('ends as timed out at the deadline, not at the next look', async () => {
    const result = await scene.wait({ parkAfter: 48 * hour, interval: 7 * 60_000 });

    expect(result.failure?.code).toBe('timed-out');
    expect(scene.clock.now()).toBe(Date.parse('2026-01-02T00:00:00.001Z'));
    expect(scene.replies().at(-1)).toContain('**Timed out**');
  });

  it('counts an approval of the last second', async () => {
    scene.clock.advance(24 * hour - 1000);
    bothApprove();

    expect((await scene.wait()).outputs['decision']).toBe('approved');
  });

  it('does not let an approval outlive the deadline', async () => {
    bothApprove();
    scene.clock.advance(24 * hour + 1);

    expect((await scene.wait()).outputs['decision']).toBe('timed-out');
  });

  it('parks in time, says how it goes on, and sees what came in that moment', async () => {
    scene.atLook(2, () => scene.clock.advance(5 * hour));
    scene.atLook(3, bothApprove);
    const parked = await scene.wait({ parkAfter: 5 * hour });

    expect(parked.outputs['decision']).toBe('approved');
    expect(scene.replies()[0]).toContain('has stopped waiting');
  });

  it('fails as parked when nobody decided, and goes on in another attempt', async () => {
    const parked = await scene.wait();
    bothApprove();
    const resumed = await scene.wait({}, { runAttempt: 2, triggeringActor: bot });

    expect(parked.failure?.code).toBe('parked');
    expect(parked.outputs['decision']).toBe('pending');
    expect(parked.entry?.parts.approvals).toMatchObject([{ decision: 'pending' }]);
    expect(resumed.outputs['decision']).toBe('approved');
  });

  it('ends as superseded when a newer run asks for the same environment in the thread', async () => {
    scene.atLook(3, bothApprove);
    scene.atLook(4, () => undefined);
    await scene.request({ subject: `sha256:${'f'.repeat(64)}` }, { runId: 2000 });

    const result = await scene.wait();

    expect(result.failure?.code).toBe('superseded');
  });

  it('ends as superseded when another attempt asks for another subject', async () => {
    await scene.request({ subject: `sha256:${'f'.repeat(64)}` }, { runAttempt: 2 });
    bothApprove();

    expect((await scene.wait()).failure?.code).toBe('superseded');
  });

  it('is not moved by a request for another environment', async () => {
    await scene.request({ environment: 'staging', subject: `sha256:${'e'.repeat(64)}` }, { runId: 2000 });
    bothApprove();

    expect((await scene.wait()).outputs['decision']).toBe('approved');
  });

  it.each<[string, (scene: Scene) => void, string]>([
    [
      'somebody changes the request',
      ({ forge }) => forge.comments[0] && forge.edit(forge.comments[0], forge.comments[0].body),
      'request-altered',
    ],
    [
      'somebody deletes the request',
      ({ forge }) => forge.comments[0] && forge.remove(forge.comments[0]),
      'request-missing',
    ],
  ])('ends with an error when %s', async (_name, happen, code) => {
    bothApprove();
    scene.atLook(2, () => happen(scene));

    const result = await scene.wait();

    expect(result.outputs['decision']).toBe('error');
    expect(result.failure?.code).toBe(code);
  });

  it.each<[string, object]>([
    ['another subject', { subject: `sha256:${'f'.repeat(64)}` }],
    [
      'other groups',
      { policy: { ...gateInputs.policy, groups: [{ name: 'a', members: ['mallory'], quorum: 1 }] } },
    ],
    ['more time', { policy: { ...gateInputs.policy, expires: 48 * hour } }],
    ['another environment', { environment: 'staging' }],
  ])('finds no request for %s', async (_name, change) => {
    await expect(scene.wait(change)).rejects.toMatchObject({ code: 'request-missing' });
  });

  it('finds no request of another run', async () => {
    await expect(scene.wait({}, { runId: 1001 })).rejects.toMatchObject({ code: 'request-missing' });
  });

  it('ends with the job when it is cancelled', async () => {
    const stop = new AbortController();
    scene.atLook(4, () => stop.abort(new Error('cancelled')));

    const waiting = scene.waitWith(stop.signal);

    await expect(waiting).rejects.toThrow('cancelled');
    expect(scene.forge.comments.every(({ thread }) => thread === pullNumber)).toBe(true);
  });
});

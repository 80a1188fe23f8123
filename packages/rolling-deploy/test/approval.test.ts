// What was approved against what the record holds now, before the host is touched; and the images of tests.
import { digestOf } from '@headgate/kit/digest';
import { type DeliveryRecord, emptyRecord } from '@headgate/kit/record';
import type { ImagePart } from '@headgate/kit/record-parts';
import { subjectDigest, subjectOfRecord } from '@headgate/kit/subject';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deploy, type FinishedDeploy } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const configurationDigest = digest('c');
const deployments = 'POST /repos/{owner}/{repo}/deployments';

function imagePart(name: string, digit: string): ImagePart {
  const reference = `registry.example/${name}@${digest(digit)}`;
  const key = digit.repeat(64);
  return { name, digest: digest(digit), reference, tags: [], key, platforms: [], reusedFrom: null };
}

const record: DeliveryRecord = {
  ...emptyRecord({
    application: 'shop',
    repository: 'acme/shop',
    event: 'push',
    ref: 'refs/heads/main',
    branchKind: 'production',
    version: '1.2.0',
    commit: 'a'.repeat(40),
    tree: 'b'.repeat(40),
    actor: 'dana',
    run: { id: 1000, attempt: 1, url: '' },
  }),
  images: [imagePart('shop', '1'), imagePart('checker', '2')],
  configurations: [{ environment: 'integration', digest: configurationDigest, members: {} }],
};
const subject = subjectOfRecord(record, { environment: 'integration', configurationDigest });

describe('a deployment of what was approved', () => {
  let host: DoubleHost;
  let github: TestGitHub;
  const run = (image: string, inputs: Readonly<Record<string, string>>): Promise<FinishedDeploy> =>
    deploy(host, image, {
      connectGitHub: github.connect,
      inputs: {
        engine: host.engineSocket,
        settle: '1ms',
        'health-interval': '10ms',
        'drain-deadline': '0s',
        'github-token': 'token',
        'record-artifact-id': '5',
        'record-digest': digestOf(record),
        subject: subjectDigest(subject),
        'configuration-digest': configurationDigest,
        ...inputs,
      },
    });

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop}}');
    github = createTestGitHub();
    github.addArtifact(5, Buffer.from(JSON.stringify(record)));
    github.on(deployments, { id: 42 });
    github.on('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {});
  });
  afterEach(() => host.close());

  it('goes on when nothing differs, and tells GitHub the version and what the release is known by', async () => {
    const { result } = await run('', { 'image-name': 'shop' });

    expect(result.outputs).toMatchObject({ outcome: 'deployed', digest: digest('1') });
    const { ref, payload } = github.calls.find(({ route }) => route === deployments)?.parameters ?? {};
    expect(ref).toBe(record.flow.commit);
    expect(payload).toMatchObject({
      version: '1.2.0',
      digest: digest('1'),
      target: 'host-1',
      record: digestOf(record),
      configuration: configurationDigest,
    });
  });

  it('has no version in the payload without a record', async () => {
    const none = { 'record-artifact-id': '', 'record-digest': '', subject: '', 'configuration-digest': '' };
    await run(`registry.example/shop@${digest('1')}`, none);

    const payload = github.calls.find(({ route }) => route === deployments)?.parameters['payload'];
    expect(payload).toMatchObject({ version: null });
  });

  it.each([
    ['the configuration', { 'configuration-digest': digest('d') }, /^subject: configurationDigest differs/],
    [
      'nobody having looked',
      { 'configuration-digest': '' },
      /^subject: configurationDigest .* none was given$/,
    ],
    ['the digest', { subject: digest('e') }, /^subject: sha256:e+ was approved, /],
    ['the environment', { environment: 'production' }, /^subject: .* was approved, /],
    [
      'members of the document',
      { subject: JSON.stringify({ ...subject, version: '1.2.1', commit: 'f'.repeat(40) }) },
      /^subject: commit, version differ/,
    ],
  ])('is refused for %s', async (_, inputs, message) => {
    await expect(run('', { 'image-name': 'shop', ...inputs })).rejects.toMatchObject({
      code: 'subject-mismatch',
      message: expect.stringMatching(message),
      outputs: { outcome: 'failed' },
    });
    expect(host.engine.requests).toEqual([]);
    expect(github.calls).toEqual([]);
  });

  it('is refused for an image that was not approved', async () => {
    await expect(run(`registry.example/shop@${digest('9')}`, {})).rejects.toMatchObject({
      code: 'subject-mismatch',
      message: expect.stringMatching(/^subject: images: sha256:9+ is none/),
    });
    expect(host.engine.requests).toEqual([]);
  });

  it.each([
    [{ 'record-artifact-id': '', 'record-digest': '' }, 'subject: it was given without a record'],
    [{ 'configuration-digest': 'abc' }, 'configuration-digest: sha256:… was expected'],
    [
      {
        'record-artifact-id': '',
        'record-digest': '',
        subject: '',
        tests: 'smoke: { image-name: checker }',
      },
      'tests: smoke: image-name was given without a record',
    ],
  ])('is refused for %j', async (inputs, problem) => {
    const outcome = Promise.resolve().then(() => run(`registry.example/shop@${digest('1')}`, inputs));

    await expect(outcome).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(problem),
    });
  });

  it('tests with another image of the record, pulled before anything is changed', async () => {
    await run('', {
      'image-name': 'shop',
      settings: JSON.stringify({ tests: { smoke: { 'image-name': 'checker', command: ['exit', '0'] } } }),
    });

    const names = host.engine.requests
      .filter(({ method }) => method === 'POST')
      .map(({ path, query }) => `${path.split('/').at(-2)} ${query.get('fromImage') ?? ''}`);
    expect(names[0]).toBe(`images registry.example/checker@${digest('2')}`);
    const bodies = host.engine.requests
      .filter(({ path }) => path.endsWith('/containers/create'))
      .map(({ body }) => (JSON.parse(body) as { Image: string }).Image);
    expect(bodies).toEqual([
      `registry.example/shop@${digest('1')}`,
      `registry.example/checker@${digest('2')}`,
    ]);
  });

  it('refuses a test’s image that the record does not have', async () => {
    const tests = { smoke: { 'image-name': 'ghost' } };

    await expect(
      run('', { 'image-name': 'shop', settings: JSON.stringify({ tests }) }),
    ).rejects.toMatchObject({ code: 'image-not-in-record' });
    expect(host.engine.requests).toEqual([]);
  });
});

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { addRun, openWorkshop, pushFeature, type Workshop } from './workshop.js';

let workshop: Workshop;
let run: RunState;
let token: string;

beforeEach(async () => {
  workshop = await openWorkshop();
  await pushFeature(workshop, 'feature/a', { a: 'a' });
  const [event] = workshop.events;
  if (event === undefined) throw new Error('no event');
  run = addRun(workshop, event);
  token = workshop.jobToken({ actions: 'read' });
});
afterEach(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

const zip = Buffer.from('PK\u0003\u0004 bytes');
const add = (
  name: string,
  more: { runId?: number; zip?: Uint8Array; overwrite?: boolean } = {},
): { id: number; digest: string } =>
  workshop.host.addArtifact(
    { repository: 'acme/shop', runId: more.runId ?? run.id, name, zip: more.zip ?? zip },
    more.overwrite ?? false,
  );
const json = async (path: string): Promise<unknown> =>
  (await workshop.ask(token, `/repos/acme/shop/actions${path}`)).json();

describe('artifacts', () => {
  it('carry the digest of their bytes and the run they came from', async () => {
    const { id, digest } = add('headgate-record-0123456789abcdef');

    expect(digest).toBe(`sha256:${createHash('sha256').update(zip).digest('hex')}`);
    expect(await json(`/artifacts/${id}`)).toMatchObject({
      name: 'headgate-record-0123456789abcdef',
      size_in_bytes: zip.length,
      digest,
      expired: false,
      workflow_run: { id: run.id, head_sha: run.headSha, head_branch: 'feature/a' },
    });
  });

  it('are found by whole name in the repository, and by run', async () => {
    const other = addRun(workshop, run.event);
    const first = add('image');
    const second = add('image', { runId: other.id });
    add('image-2');

    expect(await json('/artifacts?name=image')).toMatchObject({
      total_count: 2,
      artifacts: [{ id: second.id }, { id: first.id }],
    });
    expect(await json(`/runs/${run.id}/artifacts?name=image`)).toMatchObject({
      total_count: 1,
      artifacts: [{ id: first.id }],
    });
    expect(workshop.host.artifacts({ repository: 'acme/shop', runId: other.id })).toHaveLength(1);
  });

  it('are never changed: a name is taken once in a run, overwriting makes another id', () => {
    const first = add('entry');

    expect(() => add('entry', { zip: Buffer.from('other') })).toThrow(
      expect.objectContaining({ status: 409 }),
    );
    const second = add('entry', { zip: Buffer.from('other'), overwrite: true });
    expect(second.id).not.toBe(first.id);
    expect(second.digest).not.toBe(first.digest);
    expect(workshop.host.artifacts({ repository: 'acme/shop', name: 'entry' })).toHaveLength(1);
  });

  it('keep their bytes when the giver changes its own', async () => {
    const bytes = Buffer.from(zip);
    const { id } = add('entry', { zip: bytes });
    bytes.fill(0);

    const { headers } = await workshop.ask(token, `/repos/acme/shop/actions/artifacts/${id}/zip`);
    const body = await (await fetch(headers.get('location') ?? '')).arrayBuffer();

    expect(Buffer.from(body)).toEqual(zip);
  });

  it.each(['', 'a/b', 'a\\b', 'a:b', 'a\nb', 'a*'])('refuse the name %j', (name) => {
    expect(() => add(name)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('are downloaded from a signed address that wants no token, works for a minute, and cannot be guessed', async () => {
    const { id } = add('entry');
    const response = await workshop.ask(token, `/repos/acme/shop/actions/artifacts/${id}/zip`);
    const location = response.headers.get('location') ?? '';

    expect(response.status).toBe(302);
    expect((await fetch(location)).status).toBe(200);
    expect((await fetch(location, { headers: { authorization: `Bearer ${token}` } })).status).toBe(400);
    expect((await fetch(location.replace(/sig=.../u, 'sig=xxx'))).status).toBe(403);
    workshop.clock.advance(61_000);
    expect((await fetch(location)).status).toBe(403);
  });

  it('expire after ninety days', async () => {
    const { id } = add('entry');
    workshop.clock.advance(90 * 24 * 3_600_000 + 1);

    expect(await json(`/artifacts/${id}`)).toMatchObject({ expired: true });
    expect((await workshop.ask(token, `/repos/acme/shop/actions/artifacts/${id}/zip`)).status).toBe(410);
  });
});

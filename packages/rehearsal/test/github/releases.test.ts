// A release on its way: a draft with a file, the file replaced, published.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
let token: string;

beforeEach(async () => {
  workshop = await openWorkshop();
  token = workshop.jobToken({ contents: 'write' });
});
afterEach(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

interface Release {
  readonly id: number;
  readonly draft: boolean;
  readonly upload_url: string;
  readonly assets: readonly { readonly id: number; readonly name: string; readonly size: number }[];
}

const send = (path: string, method: string, body?: unknown): Promise<Response> =>
  workshop.ask(token, `/repos/acme/shop${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function draft(): Promise<Release> {
  const response = await send('/releases', 'POST', { tag_name: 'v1.0.0', name: '1.0.0', draft: true });
  return (await response.json()) as Release;
}

const upload = (release: Release, body: string): Promise<Response> =>
  fetch(release.upload_url.replace(/\{.*\}$/u, '?name=record.json'), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });

const reader = (path: string): Promise<Response> =>
  workshop.ask(workshop.jobToken({ contents: 'read' }), `/repos/acme/shop${path}`);

describe('a release by a job', () => {
  it('begins as a draft that only writers see, and makes no tag yet', async () => {
    const { id } = await draft();

    expect((await send(`/releases/${id}`, 'GET')).status).toBe(200);
    expect((await reader(`/releases/${id}`)).status).toBe(404);
    expect((await reader('/releases/tags/v1.0.0')).status).toBe(404);
    expect((await reader('/git/ref/tags/v1.0.0')).status).toBe(404);
  });

  it('has each file once: another of the same name takes the former’s deletion', async () => {
    const release = await draft();
    const first = (await (await upload(release, '{}')).json()) as { id: number };
    const second = await upload(release, '{"final":true}');
    const hidden = await reader(`/releases/assets/${first.id}`);
    const deleted = await send(`/releases/assets/${first.id}`, 'DELETE');
    const third = await upload(release, '{"final":true}');

    expect([second.status, hidden.status, deleted.status, third.status]).toEqual([422, 404, 204, 201]);
    expect(await (await send(`/releases/${release.id}`, 'GET')).json()).toMatchObject({
      assets: [{ name: 'record.json', size: 14 }],
    });
  });

  it('is published with its tag, and raises nothing', async () => {
    const release = await draft();
    await upload(release, '{}');
    const published = await send(`/releases/${release.id}`, 'PATCH', { draft: false });

    expect(await published.json()).toMatchObject({ draft: false, published_at: expect.any(String) });
    expect(await (await reader('/releases/latest')).json()).toMatchObject({ tag_name: 'v1.0.0' });
    expect((await reader('/git/ref/tags/v1.0.0')).status).toBe(200);
    expect(workshop.events).toEqual([]);
  });
});

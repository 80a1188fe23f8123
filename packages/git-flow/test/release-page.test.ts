// What reaches GitHub over HTTP: the upload of an asset goes to another host and form than every other call.

import { connectGitHub, type GitHub } from '@headgate/kit/github';
import { createHttp } from '@headgate/kit/http';
import { createTestCore } from '@headgate/kit/testing/core';
import { startTestServer, type TestServer } from '@headgate/kit/testing/http-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { attachFile, type Release } from '../src/release-page.js';
import { createTag, findTag } from '../src/release-tag.js';

let server: TestServer;
let github: GitHub;

beforeEach(async () => {
  server = await startTestServer();
  const repository = { owner: 'acme', name: 'shop', fullName: 'acme/shop' };
  github = await connectGitHub('a-token', { apiUrl: server.url, repository, http: createHttp(), retries: 0 });
});

afterEach(() => server.close());

function releaseAt(uploads: string): Release {
  return {
    id: 7,
    tag_name: 'v1.0.0',
    draft: true,
    html_url: 'https://github.com/acme/shop/releases/7',
    upload_url: `${uploads}/uploads/repos/acme/shop/releases/7/assets{?name,label}`,
  };
}

describe('an asset', () => {
  it('is sent as it is, to the address that the release names, with its name in the query', async () => {
    const uploads = await startTestServer();
    uploads.on('POST /uploads/repos/acme/shop/releases/7/assets', { status: 201, json: {} });
    server.on('GET /repos/acme/shop/releases/7/assets', { json: [] });
    const file = { name: 'headgate-record.json', text: '{"a":"ü"}' };

    await attachFile(github, releaseAt(uploads.url), { file, core: createTestCore() });
    await uploads.close();

    expect(uploads.requests).toHaveLength(1);
    expect(uploads.requests[0]).toMatchObject({ method: 'POST', body: file.text });
    expect(uploads.requests[0]?.query.toString()).toBe('name=headgate-record.json');
    expect(uploads.requests[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(file.text)),
    });
  });
});

describe('a tag', () => {
  const sha = 'e'.repeat(40);
  const commit = 'c'.repeat(40);

  it('is looked up, made as an object and then named', async () => {
    server.on('POST /repos/acme/shop/git/tags', { status: 201, json: { sha } });
    server.on('POST /repos/acme/shop/git/refs', { status: 201, json: {} });

    expect(await createTag(github, { name: 'v1.0.0', commit, message: 'Release' })).toBe(true);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /repos/acme/shop/git/ref/tags/v1.0.0',
      'POST /repos/acme/shop/git/tags',
      'POST /repos/acme/shop/git/refs',
    ]);
    expect(JSON.parse(server.requests[1]?.body ?? '')).toMatchObject({
      tag: 'v1.0.0',
      object: commit,
      type: 'commit',
    });
    expect(JSON.parse(server.requests[2]?.body ?? '')).toMatchObject({ ref: 'refs/tags/v1.0.0', sha });
  });

  it('is followed to its commit, also through a tag of a tag', async () => {
    const inner = 'd'.repeat(40);
    server.on('GET /repos/acme/shop/git/ref/tags/v1.0.0', { json: { object: { type: 'tag', sha } } });
    const record = `sha256:${'8'.repeat(64)}`;
    server.on(`GET /repos/acme/shop/git/tags/${sha}`, {
      json: { message: 'Signed', object: { type: 'tag', sha: inner } },
    });
    server.on(`GET /repos/acme/shop/git/tags/${inner}`, {
      json: { message: `Release\n\nHeadgate-Record: ${record}\n`, object: { type: 'commit', sha: commit } },
    });

    expect(await findTag(github, 'v1.0.0')).toEqual({ name: 'v1.0.0', commit, record });
  });

  it('an endless chain of tags ends', async () => {
    server.on('GET /repos/acme/shop/git/ref/tags/v1.0.0', { json: { object: { type: 'tag', sha } } });
    server.on(`GET /repos/acme/shop/git/tags/${sha}`, {
      json: { message: '', object: { type: 'tag', sha } },
    });

    expect(await findTag(github, 'v1.0.0')).toEqual({ name: 'v1.0.0', commit: sha, record: null });
  });

  it('a refusal that is no absence is an error', async () => {
    server.on('GET /repos/acme/shop/git/ref/tags/v1.0.0', { status: 403, json: { message: 'no' } });

    await expect(findTag(github, 'v1.0.0')).rejects.toMatchObject({ code: 'github-permission' });
  });
});

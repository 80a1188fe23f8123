// The actions' own client, Octokit inside, against the double: what is true here is true of both.

import { connectGitHub, type GitHub } from '@headgate/kit/github';
import { createHttp } from '@headgate/kit/http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Permissions } from '../../src/model.js';
import { addRun, openWorkshop, pushFeature, type Workshop } from './workshop.js';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
  await pushFeature(workshop, 'feature/a', { a: 'a' });
});
afterAll(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

const connect = (permissions: Permissions): Promise<GitHub> =>
  connectGitHub(workshop.jobToken(permissions), {
    apiUrl: workshop.host.apiUrl,
    repository: { owner: 'acme', name: 'shop', fullName: 'acme/shop' },
    http: createHttp(),
    retries: 0,
  });

describe('the client of the actions', () => {
  it('names branches with slashes', async () => {
    const github = await connect({ contents: 'read' });

    const branch = await github.request<{ name: string }>('GET /repos/{owner}/{repo}/branches/{branch}', {
      branch: 'feature/a',
    });
    const ref = await github.request<{ ref: string }>('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      ref: 'heads/feature/a',
    });

    expect(branch.data.name).toBe('feature/a');
    expect(ref.data.ref).toBe('refs/heads/feature/a');
  });

  it('reads all pages of a list', async () => {
    const [event] = workshop.events;
    if (event === undefined) throw new Error('no event');
    const run = addRun(workshop, event);
    const names = Array.from({ length: 205 }, (_none, index) => `entry-${index}`);
    for (const name of names) {
      workshop.host.addArtifact(
        { repository: 'acme/shop', runId: run.id, name, zip: Buffer.from(name) },
        false,
      );
    }
    const github = await connect({ actions: 'read' });

    const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
    const found = await github.paginate<{ name: string }>(route, { run_id: run.id }, 'artifacts');

    expect(new Set(found.map(({ name }) => name))).toEqual(new Set(names));
  });

  it('downloads an artifact without showing the storage its token', async () => {
    const [event] = workshop.events;
    if (event === undefined) throw new Error('no event');
    const artifact = {
      repository: 'acme/shop',
      runId: addRun(workshop, event).id,
      name: 'one',
      zip: Buffer.from('PK'),
    };
    const { id } = workshop.host.addArtifact(artifact, false);
    const github = await connect({ actions: 'read' });

    expect(Buffer.from(await github.downloadArtifact(id)).toString()).toBe('PK');
  });

  it('creates a deployment and its statuses', async () => {
    const github = await connect({ deployments: 'write' });

    const { data } = await github.request<{ id: number }>('POST /repos/{owner}/{repo}/deployments', {
      ref: 'feature/a',
      environment: 'integration',
      auto_merge: false,
      required_contexts: [],
    });
    const route = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
    const status = await github.request(route, { deployment_id: data.id, state: 'in_progress' });

    expect(status.status).toBe(201);
  });

  it('hears which permission is missing', async () => {
    const github = await connect({ contents: 'write' });

    const refused = github.request('POST /repos/{owner}/{repo}/deployments', { ref: 'feature/a' });

    await expect(refused).rejects.toMatchObject({
      code: 'github-permission',
      hint: expect.stringContaining('deployments'),
    });
  });
});

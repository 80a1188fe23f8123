// The run as the environment and the event file describe it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readContext } from '../src/context.js';

const folder = mkdtempSync(join(tmpdir(), 'headgate-context-'));
const eventFile = join(folder, 'event.json');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('readContext', () => {
  it('reads repository, run and event', () => {
    writeFileSync(eventFile, '{"pull_request":{"head":{"ref":"feature/$(id)"}}}');
    const context = readContext({
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: eventFile,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_RUN_ID: '12345678901',
      GITHUB_RUN_ATTEMPT: '3',
      GITHUB_SERVER_URL: 'https://ghe.example',
      GITHUB_API_URL: 'https://ghe.example/api/v3',
    });

    expect(context).toMatchObject({
      eventName: 'pull_request',
      event: { pull_request: { head: { ref: 'feature/$(id)' } } },
      repository: { owner: 'acme', name: 'shop', fullName: 'acme/shop' },
      runId: 12345678901,
      runAttempt: 3,
      apiUrl: 'https://ghe.example/api/v3',
      runUrl: 'https://ghe.example/acme/shop/actions/runs/12345678901',
    });
  });

  it('does without any of them', () => {
    expect(readContext({})).toMatchObject({
      event: {},
      runId: 0,
      runAttempt: 1,
      apiUrl: 'https://api.github.com',
    });
    expect(readContext({ GITHUB_EVENT_PATH: join(folder, 'none'), GITHUB_RUN_ID: '1e9' })).toMatchObject({
      event: {},
      runId: 0,
    });
  });

  it.each(['[]', 'null', '{', '"text"'])('refuses the event %j', (text) => {
    writeFileSync(eventFile, text);

    expect(() => readContext({ GITHUB_EVENT_PATH: eventFile })).toThrow();
  });
});

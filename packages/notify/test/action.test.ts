// The contract with action.yml, and the bundle as a runner starts it.
import { existsSync } from 'node:fs';
import { type FinishedAction, runBundle } from '@headgate/kit/testing/action';
import { actionFile } from '@headgate/kit/testing/action-file';
import { contractProblems } from '@headgate/kit/testing/contract';
import { startTestServer, type TestServer } from '@headgate/kit/testing/http-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, outputNames } from '../src/inputs.js';
import { openPostOffice, type PostOffice, password } from './post-office.js';

const main = actionFile(import.meta.url, 'dist/index.js');
const built = existsSync(main);
if (!built) process.stdout.write('action.test.ts skipped: dist/ of notify is not built (npm run build)\n');
const onBundle = built ? describe : describe.skip;

it('action.yml and the code agree', () => {
  const file = actionFile(import.meta.url, 'action.yml');
  expect(contractProblems({ file, specs: inputSpecs, outputNames })).toEqual([]);
});

onBundle('the bundle', () => {
  let office: PostOffice;
  let server: TestServer;
  const token = 'T0K3N-of-the-hook';
  const run = (inputs: Readonly<Record<string, string>> = {}): Promise<FinishedAction> =>
    runBundle({
      main,
      inputs: {
        event: 'deployed',
        channels: `
- type: smtp
  host: 127.0.0.1
  port: ${office.port}
  from: deliveries@example.com
  to: team@example.com
  username: dana
  password: {secret: smtp-password}
  ca-file: ${office.caFile}
- type: webhook
  url: {secret: hook-url}
  secret: {secret: hook-key}
  allow: loopback
`,
        'notify-secrets': `
smtp-password: "${password}"
hook-url: "${server.url}/${token}"
hook-key: "whsec_${Buffer.alloc(32, 7).toString('base64')}"
`,
        data: '{"environment": "staging"}',
        ...inputs,
      },
    });

  beforeEach(async () => {
    [office, server] = await Promise.all([openPostOffice(), startTestServer()]);
    server.on(`POST /${token}`, {});
  });
  afterEach(async () => {
    await Promise.all([office.close(), server.close()]);
  });

  it('delivers by both channels, and leaves outputs and an entry', async () => {
    const finished = await run();

    expect(finished.stderr).toBe('');
    expect(finished.exitCode).toBe(0);
    expect(finished.outputs.get('delivered')).toBe('2');
    expect(finished.outputs.get('result')).toBe('success');
    expect(office.mails).toMatchObject([{ user: 'dana', secure: true }]);
    expect(server.requests).toHaveLength(1);
    expect(finished.entry).toMatchObject({ stage: 'notify', name: 'deployed', result: 'success' });
  });

  it('shows no secret anywhere, even when a channel fails', async () => {
    server.on(`POST /${token}`, { status: 400 });

    const finished = await run();

    expect(finished.exitCode).toBe(0);
    expect(finished.stdout).toContain('::warning title=notify%3A webhook-refused');
    const log = finished.stdout.replace(/^::add-mask::.*$/gm, '');
    const seen = [
      log,
      finished.summary,
      JSON.stringify([...finished.outputs]),
      JSON.stringify(finished.entry),
    ];
    for (const secret of [token, password]) expect(seen.join('\n')).not.toContain(secret);
  });

  it('names a wrong channel before anything is sent', async () => {
    const finished = await run({ channels: '[{type: pigeon}]' });

    expect(finished.exitCode).toBe(1);
    expect(finished.stdout).toContain('channels[0].type');
    expect(server.requests).toEqual([]);
  });
});

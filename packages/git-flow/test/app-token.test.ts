// The App's token: signed, exchanged for this repository alone, masked, and given back.
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { ActionError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import { parseSecretMap, type SecretMap } from '@headgate/kit/secrets';
import { createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { loadYaml } from '@headgate/kit/yaml-loader';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FlowToken, openFlowToken } from '../src/app-token.js';

const installation = 'GET /repos/{owner}/{repo}/installation';
const exchange = 'POST /app/installations/{installation_id}/access_tokens';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

let github: TestGitHub;
let tokens: string[];
let deps: TestDeps;

beforeAll(loadYaml);

beforeEach(() => {
  github = createTestGitHub();
  tokens = [];
  const connectGitHub = async (token: string): Promise<GitHub> => {
    tokens.push(token);
    return github;
  };
  deps = createTestDeps({ connectGitHub });
  github.on(installation, { id: 42, permissions: { contents: 'write' } });
  github.on(exchange, { token: 'ghs_installation' });
});

function secretsOf(map: Readonly<Record<string, string>>): SecretMap {
  const text = Object.entries(map)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join('\n');
  return parseSecretMap(text, { name: 'flow-secrets', setSecret: () => undefined });
}

function open(map: Readonly<Record<string, string>>, appId = ''): Promise<FlowToken> {
  return openFlowToken({ appId, flowSecrets: secretsOf(map), githubToken: 'job-token' }, deps);
}

function claims(jwt: string): { readonly iss: string; readonly iat: number; readonly exp: number } {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

describe('openFlowToken', () => {
  it('without an App: the job token', async () => {
    const flow = await open({});

    expect(flow).toMatchObject({ token: 'job-token', owner: 'job' });
    await flow.close();
    expect(github.calls).toEqual([]);
  });

  it('with an App: a claim signed with its key becomes a token for this repository alone', async () => {
    const flow = await open({ 'app-private-key': pem }, '12345');

    expect(flow).toMatchObject({ token: 'ghs_installation', owner: 'app' });
    const [jwt = ''] = tokens;
    const [head, body, signature = ''] = jwt.split('.');
    const signed = Buffer.from(`${head}.${body}`);
    const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
    expect(verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
    const now = Math.floor(deps.clock.now() / 1000);
    const { iss, iat, exp } = claims(jwt);
    expect(iss).toBe('12345');
    expect(iat).toBeLessThanOrEqual(now);
    expect(exp - iat).toBeLessThanOrEqual(600);
    expect(exp).toBeGreaterThan(now);
    expect(github.calls.at(-1)).toEqual({
      route: exchange,
      parameters: {
        installation_id: 42,
        repositories: ['shop'],
        permissions: { contents: 'write', pull_requests: 'write' },
      },
    });
  });

  it('claim and token are masked; the token is given back at the end, even if GitHub is away', async () => {
    const flow = await open({ 'app-private-key': pem }, '12345');

    expect(deps.core.secrets).toEqual(expect.arrayContaining([tokens[0], 'ghs_installation']));
    await flow.close();
    expect(github.calls.at(-1)?.route).toBe('DELETE /installation/token');
  });

  it('an App that may change workflows is asked for that too, and no other', async () => {
    github.on(installation, { id: 42, permissions: { workflows: 'write', administration: 'write' } });

    await open({ 'app-private-key': pem }, '12345');

    expect(github.calls.at(-1)?.parameters['permissions']).toEqual({
      contents: 'write',
      pull_requests: 'write',
      workflows: 'write',
    });
  });

  it('a client id may stand among the secrets; the input wins', async () => {
    await open({ 'app-id': 'Iv23liABCDEF', 'app-private-key': pem });
    await open({ 'app-id': 'Iv23liABCDEF', 'app-private-key': pem }, '7');

    const [first = '', , second = ''] = tokens;
    expect([claims(first).iss, claims(second).iss]).toEqual(['Iv23liABCDEF', '7']);
  });

  it.each<readonly [string, Record<string, string>, string, string]>([
    ['a key without a number', { 'app-private-key': pem }, 'flow-secrets-incomplete', 'input app-id'],
    [
      'a client id without a key',
      { 'app-id': 'Iv23liABCDEF' },
      'flow-secrets-incomplete',
      'app-private-key: |',
    ],
    [
      'other secrets alone',
      { 'something-else': 'long enough' },
      'flow-secrets-incomplete',
      'app-private-key: |',
    ],
    [
      'a key that is none',
      { 'app-id': 'Iv23liABCDEF', 'app-private-key': 'not a key' },
      'app-key-invalid',
      '.pem',
    ],
  ])('%s is refused before GitHub is asked', async (_name, map, code, hint) => {
    await expect(open(map)).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) });
    expect(github.calls).toEqual([]);
  });

  it('a refusal never quotes the key', async () => {
    const error = await open({ 'app-id': 'Iv23liABCDEF', 'app-private-key': 'not-a-key-at-all' }).catch(
      (caught: unknown) => caught,
    );

    expect(String((error as Error).message) + String((error as Error).stack)).not.toContain(
      'not-a-key-at-all',
    );
  });

  it('an App that is not installed here is refused, saying where to install it', async () => {
    const cause = { status: 404 };
    const away = new ActionError({ code: 'github-permission', message: 'answered 404', hint: 'x', cause });
    github.on(installation, () => Promise.reject(away));

    await expect(open({ 'app-private-key': pem }, '12345')).rejects.toMatchObject({
      code: 'app-token-refused',
      hint: expect.stringContaining('Install the App in acme/shop'),
    });
  });
});

// Who pushes: the job's own token, or that of an App which may do what the job token may not.
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import { maskSecret, type SecretMap } from '@headgate/kit/secrets';
import { failure } from './failures.js';

export interface FlowToken {
  readonly token: string;
  /** What an App pushes starts workflows; what the job token pushes does not. */
  readonly owner: 'app' | 'job';
  readonly github: GitHub;
  /** Makes an App's token worthless; never fails. */
  close(): Promise<void>;
}

export interface FlowIdentity {
  /** Number or client id of the App; '' to take `app-id` of the secrets. */
  readonly appId: string;
  /** `app-private-key`, and `app-id` where it is a client id. */
  readonly flowSecrets: SecretMap;
  readonly githubToken: string;
}

/**
 * An installation token of the App in `flow-secrets`, for this repository alone and with the permissions that
 * pushing and opening pull requests need; without an App the job token.
 * Source: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
 * @throws {ActionError} `flow-secrets-incomplete`, `app-key-invalid`, `app-token-refused`
 */
export async function openFlowToken(identity: FlowIdentity, deps: Deps): Promise<FlowToken> {
  const appId = identity.appId || identity.flowSecrets.top('app-id') || '';
  const key = identity.flowSecrets.top('app-private-key');
  if (key === null && identity.flowSecrets.empty) {
    const github = await deps.connectGitHub(identity.githubToken);
    return { token: identity.githubToken, owner: 'job', github, close: async () => undefined };
  }
  if (key === null || appId === '') throw incomplete(key === null ? 'app-private-key' : 'app-id');
  const jwt = signedClaim(appId, key, deps.clock.now());
  maskSecret(jwt, deps.core.setSecret);
  const token = await exchange(await deps.connectGitHub(jwt), deps);
  maskSecret(token, deps.core.setSecret);
  const github = await deps.connectGitHub(token);
  return { token, owner: 'app', github, close: () => revoke(github) };
}

/** Ten minutes are GitHub's limit; a minute of the past allows for clocks that differ. */
function signedClaim(appId: string, key: string, nowMs: number): string {
  const now = Math.floor(nowMs / 1000);
  const claims = { iat: now - 60, exp: now + 540, iss: appId };
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  try {
    const signature = process.getBuiltinModule('node:crypto').sign('RSA-SHA256', Buffer.from(text), key);
    return `${text}.${signature.toString('base64url')}`;
  } catch {
    // The library's message may quote the key.
    const message =
      'app-private-key of flow-secrets: an RSA key in PEM form was expected, something else was found';
    const hint =
      'Put the whole .pem file that GitHub gave you into FLOW_SECRETS, as a block: app-private-key: |';
    throw failure('app-key-invalid', message, hint);
  }
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

interface Installation {
  readonly id: number;
  readonly permissions?: Readonly<Record<string, string>>;
}

async function exchange(asApp: GitHub, { context }: Deps): Promise<string> {
  const { fullName, name } = context.repository;
  try {
    const { data } = await asApp.request<Installation>('GET /repos/{owner}/{repo}/installation');
    const answer = await asApp.request<{ readonly token: string }>(
      'POST /app/installations/{installation_id}/access_tokens',
      { installation_id: data.id, repositories: [name], permissions: wanted(data) },
    );
    return answer.data.token;
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const message = `a token of the App was expected for ${fullName}: ${error.message}`;
    const hint = `Install the App in ${fullName} with contents: write and pull-requests: write, and see that app-id and app-private-key belong together.`;
    throw failure('app-token-refused', message, hint);
  }
}

/** Asking for more than the App has is refused; without `workflows` a merge that changes workflow files is. */
function wanted({ permissions = {} }: Installation): Readonly<Record<string, string>> {
  const needed = { contents: 'write', pull_requests: 'write' };
  return permissions['workflows'] === 'write' ? { ...needed, workflows: 'write' } : needed;
}

async function revoke(github: GitHub): Promise<void> {
  try {
    await github.request('DELETE /installation/token');
  } catch {
    // It ends by itself within the hour.
  }
}

function incomplete(member: string): ActionError {
  const found = member === 'app-id' ? 'app-private-key alone' : 'app-id alone';
  const message = `flow-secrets: app-id and app-private-key were expected, ${found} was found`;
  const hint =
    member === 'app-id'
      ? "Pass the App's number in the input app-id, or its client id as app-id in FLOW_SECRETS."
      : "Add the App's private key to FLOW_SECRETS: app-private-key: |";
  return failure('flow-secrets-incomplete', message, hint);
}

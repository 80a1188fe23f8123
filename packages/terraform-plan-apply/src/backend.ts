// Which state a plan belongs to: the resolved backend, without credentials, as one digest.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { canonicalJson, hmac } from '@headgate/kit/digest';
import { failure } from './failures.js';

export interface Backend {
  readonly type: string;
  /** What says where the state is; credentials are left out, so that plan and apply may have different ones. */
  readonly place: Readonly<Record<string, unknown>>;
}

/** Credentials and ways to get them, over all backends of Terraform and OpenTofu. */
const credential =
  /(password|secret|token|credential|access_key|sas_|private_key|client_(id|certificate|key|pem)|username|http_auth|profile|assume_role|oidc|^use_|impersonate|shared_config|shared_cred|cert_file|key_file|ca_file|_pem$|encryption_key|msi_|config_path|exec$)/;

/**
 * The backend that `init` left in `.terraform/terraform.tfstate`; the local one when there is none.
 * @throws {ActionError} `state-unreadable`
 */
export function readBackend(directory: string, workspace: string): Backend {
  const at = { directory, workspace };
  try {
    const text = readFileSync(resolve(directory, '.terraform/terraform.tfstate'), 'utf8');
    const { backend } = JSON.parse(text) as { backend?: { type?: unknown; config?: unknown } };
    if (backend === undefined) return localBackend(at, {});
    if (typeof backend.type !== 'string') throw new Error('it names no backend');
    return createBackend(at, backend.type, { ...(backend.config ?? {}) });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return localBackend(at, {});
    throw failure('state-unreadable', {
      message: `the backend was expected in .terraform/terraform.tfstate after init: ${String(cause)}`,
      hint: 'Remove .terraform from the repository and try again.',
      cause,
    });
  }
}

/** 64 hex digits; the key keeps readers of artifacts from guessing names. */
export function backendDigest(backend: Backend, key: Uint8Array): string {
  return hmac(key, canonicalJson(backend));
}

/** Where Terraform was started, and in which workspace. */
interface At {
  readonly directory: string;
  readonly workspace: string;
}

export function createBackend(at: At, type: string, config: Readonly<Record<string, unknown>>): Backend {
  if (type === 'local') return localBackend(at, config);
  return { type, place: withoutCredentials(config) };
}

/**
 * Relative paths mean another state in another checkout, so they are made absolute. The default workspace has its state
 * at `path`, every other one below `workspace_dir`; the other of the two says nothing.
 */
function localBackend({ directory, workspace }: At, config: Readonly<Record<string, unknown>>): Backend {
  const file = (): string => resolve(directory, String(config['path'] ?? 'terraform.tfstate'));
  const folder = (): string => resolve(directory, String(config['workspace_dir'] ?? 'terraform.tfstate.d'));
  return { type: 'local', place: workspace === 'default' ? { path: file() } : { folder: folder() } };
}

function withoutCredentials(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(config)
    .filter(([name, value]) => value !== null && !credential.test(name))
    .map(([name, value]) => [name, clean(value)] as const);
  return Object.fromEntries(kept);
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.replace(/^([a-z]+:\/\/)[^/@]*@/, '$1').replace(/\b(ssl)?password=[^\s&]*/g, '');
  }
  if (Array.isArray(value)) return value.map(clean);
  return value !== null && typeof value === 'object' ? withoutCredentials({ ...value }) : value;
}

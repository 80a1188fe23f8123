// The host that shows previews, with the lock on all previews of one application: what one run counts, no other changes.
import type { Deps } from '@headgate/kit/deps';
import { connectHost } from './connection.js';
import { connectEngine, type Engine } from './engine.js';
import type { Lock } from './held-lock.js';
import { keepLock } from './lease-keeper.js';
import { type PreviewIdentity, previewLockName } from './preview-identity.js';
import type { PreviewInputs, ReapInputs } from './preview-inputs.js';
import type { Transport } from './transport.js';

export interface PreviewHost {
  readonly transport: Transport;
  readonly engine: Engine;
  readonly lock: Lock;
}

/** @throws {DeployError} engine-unreachable, locked, lock-unusable, and what `work` throws */
export async function withPreviewHost<T>(
  { host, engineDeadline, lockExpiry }: PreviewInputs | ReapInputs,
  { owner, deps }: { readonly owner: Omit<PreviewIdentity, 'number'>; readonly deps: Deps },
  work: (host: PreviewHost) => Promise<T>,
): Promise<T> {
  const { clock, context, core } = deps;
  const transport = connectHost(host, deps);
  try {
    const engine = await connectEngine({ transport, clock, deadlineMs: engineDeadline });
    const lock = await keepLock({
      files: transport.files,
      clock,
      path: `${host.lockDirectory}/${previewLockName(owner)}`,
      owner: `${context.repository.fullName}#${context.runId}`,
      url: context.runUrl,
      expiryMs: lockExpiry,
      log: (line) => core.info(line),
    });
    try {
      return await work({ transport, engine, lock });
    } finally {
      await lock
        .release()
        .catch((error: unknown) => core.warning(`the lock was not given back: ${String(error)}`));
    }
  } finally {
    await transport.close();
  }
}

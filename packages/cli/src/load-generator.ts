// The hidden command that is the load generator's process: orders come over the parent's channel.
import { type LoadOrder, serveLoad } from '@headgate/rehearsal/parts/load-child';
import { type ExitCode, exitCode } from './exit-code.js';
import type { HostProcess } from './host-process.js';
import { UsageError } from './usage-error.js';

export async function generateLoad({ channel }: HostProcess): Promise<ExitCode> {
  if (channel.send === undefined) {
    throw new UsageError('the load generator is started by a rehearsal', 'Use headgate rehearse.');
  }
  await serveLoad({
    send: (news) => void channel.send?.(news),
    onOrder: (listener) => void channel.on('message', (message) => listener(message as LoadOrder)),
    onClosed: (listener) => void channel.once('disconnect', listener),
  });
  channel.disconnect?.();
  return exitCode.ok;
}

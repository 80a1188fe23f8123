// A host by ssh that costs nothing until it is used: its code loads then, and what must be cleaned up is noted then.
import type { Deps } from '@headgate/kit/deps';
import { showAddress } from './ssh-address.js';
import type { SshOptions } from './ssh-transport.js';
import type { Transport } from './transport.js';

export function connectSshLazily(options: SshOptions, deps: Deps): Transport {
  let loading: Promise<Transport> | null = null;
  const load = (): Promise<Transport> => {
    loading ??= open(options, deps);
    return loading;
  };
  return {
    host: showAddress(options.access.address),
    engine: async (request) => (await load()).engine(request),
    proxy: async (command, timeoutMs) => (await load()).proxy(command, timeoutMs),
    request: async (endpoint, request) => (await load()).request(endpoint, request),
    ask: async (endpoint, path, timeoutMs) => (await load()).ask(endpoint, path, timeoutMs),
    files: {
      read: async (path) => (await load()).files.read(path),
      create: async (path, content) => (await load()).files.create(path, content),
      replace: async (path, content) => (await load()).files.replace(path, content),
      remove: async (path) => (await load()).files.remove(path),
      sweep: async (path) => (await load()).files.sweep(path),
    },
    close: async () => {
      if (loading !== null) await (await loading).close();
    },
  };
}

async function open(options: SshOptions, deps: Deps): Promise<Transport> {
  const [{ connectSsh }, { sshFolder }] = await Promise.all([
    import('./ssh-transport.js'),
    import('./ssh-folder.js'),
  ]);
  // A killed step leaves a key and a connection there: its post step ends them.
  deps.core.saveState('ssh', sshFolder(deps.temporary));
  return connectSsh(options, deps);
}

// The forms of what lies on a host: as this machine opens it, and plainer where ssh carries it to another one.
import { engineAddress, remoteEngine, remoteSocket } from '@headgate/kit/engine-address';
import { optionalName } from './input-forms.js';

const absolute = /^\/[^\n\r\0]+$/;

/** Input, form, and what messages call it. */
export const hostForms = [
  ['engine', engineAddress, 'a socket path, unix://… or tcp://…'],
  ['proxy-socket', absolute, 'an absolute path'],
  // Goes into a command of the proxy's line protocol, where ; and line breaks begin another command.
  ['proxy-backend', optionalName, 'a backend’s name: letters, digits, ., _, : and -'],
  ['lock-directory', absolute, 'an absolute path'],
] as const;

export const remoteForms = [
  ['engine', remoteEngine, 'a socket path or tcp://host:port as the host sees it, of plain characters'],
  ['proxy-socket', remoteSocket, 'an absolute path of plain characters'],
] as const;

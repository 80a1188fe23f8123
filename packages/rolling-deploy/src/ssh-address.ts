// Who is reached by ssh: a user on a host, in a form that no program can take for a flag or a command.
import { InputError } from '@headgate/kit/errors';

export interface SshAddress {
  readonly user: string;
  /** A name or an address; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

const form =
  /^([A-Za-z_][A-Za-z0-9._-]{0,63})@(?:([A-Za-z0-9][A-Za-z0-9.-]{0,252})|\[([0-9A-Fa-f:.]{2,45})\])(?::(\d{1,5}))?$/;

/** Reads `user@host`, `user@host:port` or `user@[address]:port`. @throws {InputError} */
export function parseSshHost(text: string, input = 'ssh-host'): SshAddress {
  const [, user, name, address, port = '22'] = form.exec(text) ?? [];
  const host = name ?? address;
  if (user !== undefined && host !== undefined && Number(port) >= 1 && Number(port) <= 65_535)
    return { user, host, port: Number(port) };
  throw new InputError(
    input,
    `user@host or user@host:port was expected, ${JSON.stringify(text.slice(0, 80))} was found`,
    'Write for example deploy@host-1.example.com; the user and the host begin with a letter or a digit.',
  );
}

/** For messages: the port only where it is an unusual one. */
export function showAddress({ user, host, port }: SshAddress): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${user}@${shown}${port === 22 ? '' : `:${port}`}`;
}

/** The host as a line of known_hosts names it. */
export function knownName({ host, port }: SshAddress): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

// An HTTP call as a hook: what it asks, and which answers are well.
import { mapping, shown, wrongHook as wrong } from './hook-words.js';

export interface HttpWork {
  readonly kind: 'http';
  readonly method: string;
  /** A path on the instance's own port, or a whole address that this runner asks. */
  readonly to: string;
  /** Statuses that are well; empty: 200 to 299. */
  readonly expected: readonly number[];
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** @throws {InputError} */
export function parseHttp(value: unknown, place: string, hasPort: boolean): HttpWork {
  const http = mapping(`${place}: http`, value, ['method', 'path', 'url', 'status']);
  const { method = 'GET', path, url, status = [] } = http;
  const known = methods.find((one) => one === method);
  if (known === undefined)
    throw wrong(`${place}: method: one of ${methods.join(', ')} was expected, ${shown(method)} was found`);
  if ((path === undefined) === (url === undefined))
    throw wrong(`${place}: http: either path or url was expected`);
  if (path !== undefined && !hasPort)
    throw wrong(
      `${place}: path: the service has no port to be asked on`,
      'Set port, or use a command or a url.',
    );
  const to = path === undefined ? addressOf(url) : pathOf(path);
  if (to === null)
    throw wrong(
      `${place}: ${path === undefined ? 'url: an http or https address without a user' : 'path: a path beginning with /'} was expected, ${shown(path ?? url)} was found`,
    );
  const expected = Array.isArray(status) ? status : [status];
  if (!expected.every((one) => Number.isInteger(one) && one >= 200 && one <= 599))
    throw wrong(`${place}: status: numbers from 200 to 599 were expected, ${shown(status)} was found`);
  return { kind: 'http', method: known, to, expected };
}

function pathOf(value: unknown): string | null {
  return typeof value === 'string' && /^\/(?!\/)[\x21-\x7e]{0,2000}$/.test(value) && !value.includes('#')
    ? value
    : null;
}

/** A user or password in it would be shown in logs. */
function addressOf(value: unknown): string | null {
  if (typeof value !== 'string' || !/^https?:\/\/[\x21-\x7e]{1,2000}$/.test(value)) return null;
  if (!URL.canParse(value)) return null;
  const { username, password, hash, href } = new URL(value);
  return username + password + hash === '' ? href : null;
}

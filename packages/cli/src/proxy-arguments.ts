// The command line of `headgate proxy`.

import { usualMap } from '@headgate/kit/haproxy-map';
import type { Variant } from '@headgate/kit/haproxy-section';
import { oneDirectory, parseOptions, text, texts } from './command-line.js';
import type { HelpOrder } from './init-arguments.js';
import { UsageError } from './usage-error.js';

export interface ProxyOrder {
  readonly command: 'proxy';
  readonly directory: string;
  /** Null: all of them. */
  readonly environment: string | null;
  /** Address of a frontend by its backend. */
  readonly listen: ReadonlyMap<string, string>;
  /** What A and B are told apart by, by the backend, where headgate.yml does not say it. */
  readonly variants: ReadonlyMap<string, Variant>;
  readonly stateDirectory: string;
  /** Folder that the files are written into; null: they are printed. */
  readonly out: string | null;
  readonly variables: ReadonlyMap<string, string>;
}

const options = {
  environment: { type: 'string' },
  listen: { type: 'string', multiple: true },
  ab: { type: 'string', multiple: true },
  'state-directory': { type: 'string' },
  out: { type: 'string' },
  var: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

/** @throws {UsageError} */
export function readProxy(args: readonly string[]): ProxyOrder | HelpOrder {
  const { values, positionals } = parseOptions('proxy', options, args);
  if (values['help'] === true) return { command: 'help', about: 'proxy' };
  return {
    command: 'proxy',
    directory: oneDirectory(positionals),
    environment: text(values['environment']),
    listen: pairs(texts(values['listen']), '--listen', 'BACKEND=ADDRESS', 'shop=:80'),
    variants: readVariants(texts(values['ab'])),
    stateDirectory: text(values['state-directory']) ?? '/var/lib/headgate',
    out: text(values['out']),
    variables: pairs(texts(values['var']), '--var', 'NAME=VALUE', 'PROXY_SOCKET=/run/haproxy/admin.sock'),
  };
}

function readVariants(given: readonly string[]): ReadonlyMap<string, Variant> {
  const form = 'BACKEND=header:NAME or BACKEND=cookie:NAME';
  const example = 'shop=header:X-Variant';
  return new Map(
    [...pairs(given, '--ab', form, example)].map(([backend, text]) => {
      const [, by, name = ''] = /^(header|cookie):(.+)$/.exec(text) ?? [];
      if (by === 'header' || by === 'cookie') return [backend, { by, name, map: usualMap(backend) }] as const;
      throw new UsageError(
        `--ab takes ${form}, ${JSON.stringify(`${backend}=${text}`)} was given`,
        `Write for example --ab ${example}.`,
      );
    }),
  );
}

function pairs(
  given: readonly string[],
  option: string,
  form: string,
  example: string,
): ReadonlyMap<string, string> {
  return new Map(
    given.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)] as const;
      throw new UsageError(
        `${option} takes ${form}, ${JSON.stringify(pair)} was given`,
        `Write for example ${option} ${example}.`,
      );
    }),
  );
}

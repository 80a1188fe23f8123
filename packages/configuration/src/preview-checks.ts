// What the schema cannot see about previews: the images, files and services they name, and addresses that would be shared.
import type { ProjectFiles } from './checks.js';
import { type Finding, isMapping } from './finding.js';
import { hostFindings } from './host-checks.js';
import { entriesOf, textOf } from './members.js';
import { sharedAccount } from './preview-account.js';
import { composeFindings, healthFindings, unknownImage } from './target-checks.js';

const path = ['previews'];

export function previewFindings(value: unknown, files: ProjectFiles): readonly Finding[] {
  const previews = isMapping(value) ? value['previews'] : null;
  if (!isMapping(previews)) return [];
  const images = entriesOf(value, 'images').map(([name]) => name);
  const services = entriesOf(previews, 'services');
  const compose = textOf(previews, 'compose');
  return [
    ...services.flatMap(([name, service]) => unknownImage(service, [...path, 'services', name], images)),
    ...composeFindings({ compose }, path, files),
    ...services.flatMap(([name]) => unknownService(name, compose, files)),
    ...withoutPort(services),
    ...sharedAddress(textOf(previews, 'address')),
    ...withoutRunner(previews),
    // One machine shows them all: `hosts` is no key of theirs.
    ...hostFindings({ transport: previews['transport'], ssh: previews['ssh'] }, path),
    ...sharedAccount(value),
    ...healthFindings(previews, path),
    ...takenName(value),
  ];
}

function unknownService(name: string, compose: string | null, files: ProjectFiles): readonly Finding[] {
  if (compose === null || !files.exists(compose)) return [];
  const [finding] = composeFindings({ compose, service: name }, path, files);
  return finding === undefined ? [] : [{ ...finding, path: [...path, 'services', name], at: 'key' }];
}

function withoutPort(services: readonly (readonly [string, unknown])[]): readonly Finding[] {
  const hasPort = services.some(([, service]) => isMapping(service) && service['port'] !== undefined);
  if (services.length === 0 || hasPort) return [];
  const message = '`previews.services`: nobody could look at a preview: no service has a `port`';
  const cure = 'Give the service that people look at its `port` inside the container.';
  return [{ path: [...path, 'services'], at: 'key', message, cure }];
}

/** Only a host by ssh is reached from anywhere. */
function withoutRunner(previews: Readonly<Record<string, unknown>>): readonly Finding[] {
  const { runner, transport = 'local', ssh } = previews;
  if (runner !== undefined || transport !== 'local' || ssh !== undefined) return [];
  const message = '`previews` lacks the key `runner`: they are shown on the Docker host of a runner';
  const cure = 'Add `runner:` with its labels, or `transport: ssh` with `ssh.host` for another host.';
  return [{ path, at: 'key', message, cure }];
}

/** Its secrets would reach code that nobody has reviewed. */
function takenName(value: unknown): readonly Finding[] {
  if (!entriesOf(value, 'environments').some(([name]) => name === 'preview')) return [];
  const message =
    'environment `preview`: previews of pull requests run in the GitHub environment of this name';
  return [{ path: ['environments', 'preview'], at: 'key', message, cure: 'Choose another name.' }];
}

/** A variable's value is not known here. */
function sharedAddress(address: string | null): readonly Finding[] {
  if (address === null || /\{(?:port|number|name)\}/.test(address)) return [];
  const message = `\`previews.address\`: all previews would have the address ${address}`;
  const cure = 'Put {port}, {number} or {name} where they differ, as in http://previews.example.com:{port}.';
  return [{ path: [...path, 'address'], at: 'value', message, cure }];
}

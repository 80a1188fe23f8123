// The template of a preview: every service of the compose file, in the order in which they start, chosen images replaced.
import { readService } from './compose.js';
import { type ComposeSource, type Node, openCompose } from './compose-document.js';
import type { EnvironmentSource } from './compose-environment.js';
import type { Need } from './compose-needs.js';
import type { DeployError } from './errors.js';
import { refuseHostAccess } from './preview-safety.js';
import type { ServiceDefinition } from './service.js';

export interface PreviewService {
  readonly definition: ServiceDefinition;
  /** `host/repository@sha256:…`, or what the compose file says. */
  readonly image: string;
  readonly port: number | null;
  readonly needs: readonly Need[];
  /** Somebody waits for its end: it does its work once and is not started again. */
  readonly endsByItself: boolean;
}

export interface Replacement {
  readonly image: string | null;
  readonly port: number | null;
}

export interface TemplateRequest extends ComposeSource, EnvironmentSource {
  readonly project: string;
  readonly services: ReadonlyMap<string, Replacement>;
}

/** @throws {DeployError} invalid-compose, unsupported-compose, preview-refused. @throws {YamlError} */
export async function readTemplate(request: TemplateRequest): Promise<readonly PreviewService[]> {
  const root = openCompose(request);
  const nodes = root.at('services').children();
  const names = nodes.map(({ key }) => key);
  const unknown = [...request.services.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const found = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
    throw root
      .at('services')
      .fault(`service ${unknown} was expected, ${found}`, 'Name services of the file.');
  }
  refuseHostAccess(root);
  const services: PreviewService[] = [];
  for (const node of nodes) services.push(await readOne(node, request));
  const awaited = new Set(
    services.flatMap(({ needs }) =>
      needs.filter(({ until }) => until === 'ended').map(({ service }) => service),
    ),
  );
  const marked = services.map((service) =>
    awaited.has(service.definition.service) ? endingOnce(service) : service,
  );
  return inOrder(marked, root.at('services'));
}

async function readOne(node: Node, request: TemplateRequest): Promise<PreviewService> {
  const { image = null, port = null } = request.services.get(node.key) ?? {};
  const own = image ?? node.at('image').text();
  if (own === null || own === '') {
    const hint = 'Give it an image, or name one of the delivery under `services`.';
    throw node.fault('has no image: a preview builds nothing', hint);
  }
  const definition = await readService({ ...request, service: node.key, isPreview: true });
  return { definition, image: own, port, needs: definition.needs, endsByItself: false };
}

function endingOnce(service: PreviewService): PreviewService {
  const restart = { name: 'no', maximumRetries: 0 } as const;
  return { ...service, endsByItself: true, definition: { ...service.definition, restart } };
}

/** Those that others need come first; else as in the file. @throws {DeployError} invalid-compose for a circle */
function inOrder(services: readonly PreviewService[], node: Node): readonly PreviewService[] {
  const ordered: PreviewService[] = [];
  const isThere = (name: string): boolean => ordered.some(({ definition }) => definition.service === name);
  for (let left = services; left.length > 0; ) {
    const next = left.find(({ needs }) => needs.every(({ service }) => isThere(service)));
    if (next === undefined) throw stuck(left, services, node);
    ordered.push(next);
    left = left.filter((service) => service !== next);
  }
  return ordered;
}

function stuck(left: readonly PreviewService[], all: readonly PreviewService[], node: Node): DeployError {
  for (const { definition, needs } of left) {
    const missing = needs.find((need) => all.every((other) => other.definition.service !== need.service));
    if (missing === undefined) continue;
    return node
      .at(definition.service)
      .fault(`depends on ${missing.service}, which the file does not have`, 'Correct depends_on.');
  }
  const names = left.map(({ definition }) => definition.service).join(', ');
  return node.fault(`${names} wait for each other`, 'Take one of their depends_on away.');
}

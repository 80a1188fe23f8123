// The environment of a service: its files, then what it lists itself.
import type { Node } from './compose-document.js';
import { readPairs } from './compose-values.js';
import { parseEnvFile } from './env-file.js';

export interface EnvironmentSource {
  /** Values for names that are listed without one. */
  readonly vars: ReadonlyMap<string, string>;
  /** Content of a file named relative to the compose file; null when there is none. */
  readonly readFile: (path: string) => Promise<string | Uint8Array | null>;
}

/** `env_file` in order, then `environment` over it, sorted by name. @throws {DeployError} invalid-compose */
export async function readEnvironment(
  service: Node,
  source: EnvironmentSource,
): Promise<Readonly<Record<string, string>>> {
  const values = new Map<string, string>();
  for (const file of envFiles(service.at('env_file'))) {
    const content = await source.readFile(file.path);
    if (content === null && !file.required) continue;
    if (content === null)
      throw file.node.fault(`${file.path} was not found`, 'Name a file relative to the compose file.');
    const parsed = parseEnvFile(Buffer.from(content).toString('utf8'));
    if (!parsed.ok)
      throw file.node.fault(`${file.path}:${parsed.line}: ${parsed.problem}`, 'Correct the line.');
    for (const [name, value] of parsed.values) values.set(name, value);
  }
  for (const [name, value] of readPairs(service.at('environment'))) {
    const given = value ?? source.vars.get(name);
    if (given === undefined) values.delete(name);
    else values.set(name, given);
  }
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface EnvFileReference {
  readonly node: Node;
  readonly path: string;
  readonly required: boolean;
}

function envFiles(node: Node): readonly EnvFileReference[] {
  if (node.value === undefined || node.value === null) return [];
  const items = Array.isArray(node.value) ? node.children() : [node];
  return items.map((item) => {
    const structured = typeof item.value === 'object';
    const path = (structured ? item.at('path').text() : item.text()) ?? '';
    return { node: item, path, required: !structured || item.at('required').text() !== 'false' };
  });
}

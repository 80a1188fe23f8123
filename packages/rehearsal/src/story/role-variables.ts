// Which repository variable plays which part: headgate.yml names them, the rehearsal fills them with its real parts.
import type { Configuration, NotificationConfiguration } from '@headgate/configuration/schema';
import { nowhere } from './secrets.js';
import { type Frontend, placesOf } from './target-places.js';

/** Values of the real parts, once they run. */
export interface PartValues {
  readonly registry: string;
  readonly registryUsername: string;
  readonly engine: string;
  /** Of the mail server. */
  readonly mail: { readonly host: string; readonly port: number };
  /** A folder that outlives every job, for the state of Terraform's local backend. */
  readonly stateDirectory: string;
  /** What images are verified with, as PEM. */
  readonly publicKey: string;
  socketOf(proxy: string): string;
  /** File of the map that a variable names. */
  mapOf(variable: string): string;
  urlOf(frontend: Frontend): string;
}

type Fill = (value: unknown, text: string) => void;

/** Repository variables for every reference that stands where a real part goes. */
export function roleVariables(configuration: Configuration, parts: PartValues): Record<string, string> {
  const variables: Record<string, string> = {};
  const fill: Fill = (value, text) => {
    if (typeof value === 'object' && value !== null && 'var' in value) variables[String(value.var)] ??= text;
  };
  fill(configuration.registry.host, parts.registry);
  fill(configuration.registry.username, parts.registryUsername);
  fill(configuration.signing?.['public-key'], parts.publicKey);
  for (const { environment, target, engine, proxy } of placesOf(configuration)) {
    fill(engine, parts.engine);
    const map = target.strategy?.type === 'ab' ? target.strategy.map : undefined;
    if (typeof map === 'object') fill(map, parts.mapOf(map.var));
    if (proxy === null) continue;
    const [socket, backend] = proxy.written;
    fill(socket, parts.socketOf(proxy.proxy));
    if (proxy.backend === '') continue;
    fill(backend, proxy.backend);
    fill(configuration.environments[environment]?.url, parts.urlOf(proxy));
  }
  for (const [environment, { infrastructure }] of Object.entries(configuration.environments)) {
    for (const [name, { 'backend-config': backend }] of Object.entries(infrastructure)) {
      fill(backend['workspace_dir'], parts.stateDirectory);
      fill(backend['path'], `${parts.stateDirectory}/${environment}.${name}.tfstate`);
    }
  }
  for (const channel of Object.values(configuration.notifications)) fillChannel(channel, fill, parts);
  return variables;
}

function fillChannel(channel: NotificationConfiguration, fill: Fill, { mail }: PartValues): void {
  if (channel.type === 'smtp') {
    fill(channel.host, mail.host);
    fill(channel.port, String(mail.port));
    fill(channel.username, 'rehearsal');
  } else fill(channel.url, nowhere);
}

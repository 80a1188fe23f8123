// The real parts of one rehearsal: registry, proxy, mail server, the Docker engine, and the files they share.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '@headgate/kit/environment';
import { connectDocker, type DockerPart } from '../parts/docker.js';
import { joinEngines } from '../parts/docker-engines.js';
import { type MailPart, startMail } from '../parts/mail.js';
import { mapFile, type ProxyPart, startProxy } from '../parts/proxy.js';
import { type RegistryPart, startRegistry } from '../parts/registry.js';
import { places } from './last-rehearsal.js';
import { owner } from './repositories.js';
import type { Roles } from './roles.js';
import type { SettingOptions } from './setting.js';
import { makeSigningPair, type SigningPair } from './signing-pair.js';

export interface Parts {
  readonly registry: RegistryPart;
  /** By their names. */
  readonly proxies: ReadonlyMap<string, ProxyPart>;
  /** All engines together; builds happen on the first. */
  readonly docker: DockerPart;
  readonly mail: MailPart;
  /** PEM file with the authorities that this machine trusts besides the system's, and the mail server's. */
  readonly authorityFile: string;
  /** Where the states of Terraform's local backend lie. */
  readonly stateDirectory: string;
  /** File of the map that a variable names, by which the proxies tell A and B apart. */
  mapOf(variable: string): string;
  /** What images are signed and verified with. */
  readonly signing: SigningPair;
}

/** Starts them one after the other; each has its end in `closers` as soon as it runs. */
export async function startParts(
  options: SettingOptions,
  roles: Roles,
  closers: (() => Promise<void>)[],
): Promise<Parts> {
  const { http, clock, last } = options;
  const docker = connectEngines(options, roles);
  await docker.version();
  await docker.removeLeftovers();
  const env = childEnvironment(options.env);
  const directory = join(options.directory, 'parts');
  await mkdir(directory, { recursive: true });
  const username = roles.registryUsername ?? owner;
  const mail = await startMail(clock.now(), last?.ports.mail);
  closers.push(() => mail.stop());
  const registry = await startRegistry({
    directory,
    program: options.programs.registry,
    username,
    http,
    clock,
    env,
    ...(last === undefined
      ? {}
      : { former: { storage: places.registry(last.folder), port: last.ports.registry } }),
  });
  closers.push(() => registry.stop());
  const proxies = await startProxies({ ...options, directory }, roles, closers);
  // Pushed later, so done earlier: the containers go while their proxy still stands.
  closers.push(() => docker.removeAll(registry.host));
  const authorityFile = await writeAuthorities(directory, env['NODE_EXTRA_CA_CERTS'], mail);
  const stateDirectory = join(directory, 'states');
  await mkdir(stateDirectory, { recursive: true });
  const signing = makeSigningPair();
  const mapOf = (variable: string): string => mapFile(directory, variable);
  return { registry, proxies, docker, mail, authorityFile, stateDirectory, mapOf, signing };
}

/** One for each name that headgate.yml has for a proxy's socket. */
async function startProxies(
  { directory, programs, clock, env, last }: SettingOptions,
  roles: Roles,
  closers: (() => Promise<void>)[],
): Promise<ReadonlyMap<string, ProxyPart>> {
  const proxies = new Map<string, ProxyPart>();
  const ports = [...(last?.ports.proxy ?? [])];
  for (const [index, [name, backends]] of [...roles.proxies].entries()) {
    const proxy = await startProxy({
      directory,
      name: index === 0 ? 'proxy' : `proxy-${index + 1}`,
      program: programs.proxy,
      backends,
      clock,
      env: childEnvironment(env),
      ...(last === undefined ? {} : { ports: ports.splice(0, backends.length) }),
    });
    closers.push(() => proxy.stop());
    proxies.set(name, proxy);
  }
  return proxies;
}

/** The engine of DOCKER_HOST, and those that the user's variables name for hosts of their own. */
function connectEngines({ http, clock, env, variables }: SettingOptions, { engines }: Roles): DockerPart {
  const first = connectDocker({ http, clock }, env['DOCKER_HOST']);
  const named = engines.flatMap((name) => variables.get(name) || []);
  const others = [...new Set(named)].filter((address) => address !== first.address);
  return joinEngines([first, ...others.map((address) => connectDocker({ http, clock }, address))]);
}

/** Node takes one file of further authorities, so the machine's own come into it too. */
async function writeAuthorities(
  directory: string,
  machineFile: string | undefined,
  { certificate }: MailPart,
): Promise<string> {
  const machine = machineFile === undefined ? '' : await readFile(machineFile, 'utf8').catch(() => '');
  const file = join(directory, 'authorities.pem');
  await writeFile(file, `${machine}\n${certificate}`);
  return file;
}

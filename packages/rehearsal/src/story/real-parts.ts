// The real parts of one rehearsal: registry, proxy, mail server, the Docker engine, and the files they share.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '@headgate/kit/environment';
import { connectDocker, type DockerPart } from '../parts/docker.js';
import { type MailPart, startMail } from '../parts/mail.js';
import { type ProxyPart, startProxy } from '../parts/proxy.js';
import { type RegistryPart, startRegistry } from '../parts/registry.js';
import { owner } from './repositories.js';
import type { Roles } from './roles.js';
import type { SettingOptions } from './setting.js';

export interface Parts {
  readonly registry: RegistryPart;
  readonly proxy: ProxyPart;
  readonly docker: DockerPart;
  readonly mail: MailPart;
  /** PEM file with the authorities that this machine trusts besides the system's, and the mail server's. */
  readonly authorityFile: string;
  /** Where the states of Terraform's local backend lie. */
  readonly stateDirectory: string;
}

/** Starts them one after the other; each has its end in `closers` as soon as it runs. */
export async function startParts(
  options: SettingOptions,
  roles: Roles,
  closers: (() => Promise<void>)[],
): Promise<Parts> {
  const { http, clock } = options;
  const docker = connectDocker(http, options.env['DOCKER_HOST']);
  await docker.version();
  await docker.removeLeftovers();
  const env = childEnvironment(options.env);
  const directory = join(options.directory, 'parts');
  await mkdir(directory, { recursive: true });
  const username = roles.registryUsername ?? owner;
  const mail = await startMail(clock.now());
  closers.push(() => mail.stop());
  const registry = await startRegistry({
    directory,
    program: options.programs.registry,
    username,
    http,
    clock,
    env,
  });
  closers.push(() => registry.stop());
  // Pushed later, so done earlier: the containers go while their proxy still stands.
  const { backends } = roles;
  const proxy = await startProxy({ directory, program: options.programs.proxy, backends, clock, env });
  closers.push(() => proxy.stop());
  closers.push(() => docker.removeAll(registry.host));
  const authorityFile = await writeAuthorities(directory, env['NODE_EXTRA_CA_CERTS'], mail);
  const stateDirectory = join(directory, 'states');
  await mkdir(stateDirectory, { recursive: true });
  return { registry, proxy, docker, mail, authorityFile, stateDirectory };
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

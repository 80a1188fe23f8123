// `headgate proxy`: the section that HAProxy on a target's host includes, and how it gets there.
import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { readConfiguration } from '@headgate/configuration/read';
import { projectFiles } from '@headgate/rehearsal/story/project-files';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import type { ProxyOrder } from './proxy-arguments.js';
import { type ProxyFile, proxyFiles } from './proxy-files.js';
import { UsageError } from './usage-error.js';

const fileName = 'headgate.yml';

export async function proxyCommand(order: ProxyOrder, host: HostProcess): Promise<ExitCode> {
  const directory = resolve(host.directory, order.directory);
  const shown = relative(host.directory, join(directory, fileName));
  const text = await readFile(join(directory, fileName), 'utf8').catch(() => {
    throw new UsageError(
      `${shown} cannot be read`,
      'Name the folder of an application that has a headgate.yml.',
    );
  });
  const { configuration } = readConfiguration(text, shown, projectFiles(directory));
  const files = proxyFiles(configuration, order);
  if (order.out === null)
    print(host.stdout, [
      files
        .map((file) => file.text)
        .join('\n')
        .trimEnd(),
    ]);
  else for (const line of await writeInto(order.out, files, host)) print(host.stdout, [line]);
  // Apart from the configuration, which may be piped to where it belongs.
  print(host.stderr, installation(files, order));
  return exitCode.ok;
}

async function writeInto(
  out: string,
  files: readonly ProxyFile[],
  host: HostProcess,
): Promise<readonly string[]> {
  const folder = resolve(host.directory, out);
  await access(folder, constants.W_OK).catch(() => {
    throw new UsageError(`--out ${out}: the folder cannot be written to`, 'Make it, or name another one.');
  });
  for (const { name, text } of files) await writeFile(join(folder, name), text);
  return files.map(({ name }) => relative(host.directory, join(folder, name)));
}

function installation(files: readonly ProxyFile[], order: ProxyOrder): readonly string[] {
  const unled = [...new Set(files.flatMap(({ services }) => services))]
    .filter(({ listen }) => listen === null)
    .map(({ backend }) => backend);
  const variants = files.flatMap(({ services }) => services.flatMap(({ variant }) => variant ?? []));
  const maps = [...new Set(variants.map(({ map }) => map))];
  const names = files.map(({ name }) => name);
  return [
    '',
    'On the host, as root, beside the haproxy.cfg that is there (Debian, Ubuntu):',
    `  install -d -m 2775 -g haproxy ${order.stateDirectory}     # who deploys belongs to the group haproxy`,
    `  install -d /etc/haproxy/headgate                # for ${names.join(', ')}`,
    ...maps.map(
      (map) => `  install -m 644 /dev/null ${map}     # who goes to B; deployments fill it at run time`,
    ),
    '  # in /etc/default/haproxy:',
    '  EXTRAOPTS="-S /run/haproxy-master.sock -f /etc/haproxy/headgate"',
    '  haproxy -c -f /etc/haproxy/haproxy.cfg -f /etc/haproxy/headgate && systemctl restart haproxy',
    'From then on `systemctl reload haproxy` loses neither slots nor requests.',
    ...(unled.length === 0
      ? []
      : [
          '',
          `No frontend leads to ${[...new Set(unled)].join(', ')}: give one an address with --listen ${unled[0]}=:80, or write`,
          `  option idle-close-on-response`,
          `  use_backend ${unled[0]}`,
          'into a frontend of yours.',
        ]),
  ];
}

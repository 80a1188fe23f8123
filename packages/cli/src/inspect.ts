// `headgate inspect`: what an image holds, where its bytes come from, which nobody will ever see, and which should not ship.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBaseLayers } from '@headgate/image/base-image';
import type { ImageSource } from '@headgate/image/image-source';
import type { InspectReport } from '@headgate/image/inspect-report';
import { inspectImage } from '@headgate/image/inspection';
import { keepHeads } from '@headgate/image/kept-heads';
import { openImage } from '@headgate/image/open-image';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { runCommand } from '@headgate/kit/process';
import { readDockerfile } from './dockerfile.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import type { InspectOrder } from './inspect-arguments.js';
import { inspectLines } from './inspect-view.js';
import { openJsonFile } from './json-file.js';
import { judgedReport } from './judged-report.js';

export async function inspectCommand(order: InspectOrder, host: HostProcess): Promise<ExitCode> {
  const json = await openJsonFile(order.json, host);
  const temporary = await mkdtemp(join(tmpdir(), 'headgate-inspect-'));
  try {
    const report = await read(order, host, temporary);
    await json.write(report);
    print(host.stdout, inspectLines(report));
    const isBad = order.check && report.findings.some(({ level }) => level === 'error');
    return isBad ? exitCode.failed : exitCode.ok;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function read(order: InspectOrder, host: HostProcess, temporary: string): Promise<InspectReport> {
  const { image, platform, base, file, target } = order;
  const dockerfile = file === null ? null : (await readDockerfile(file, host)).text;
  const baseLayers = base === null ? null : await opened(base, { host, temporary }, readBaseLayers);
  const heads = keepHeads();
  const { signal } = host;
  const { visitEntries } = heads;
  const inspection = await opened(image, { host, temporary }, (source) =>
    inspectImage(source, { platform, visit: null, visitEntries, signal }),
  );
  return judgedReport(inspection, { dockerfile, target: target ?? '', baseLayers, headOf: heads.headOf });
}

async function opened<T>(
  name: string,
  { host, temporary }: { readonly host: HostProcess; readonly temporary: string },
  work: (source: ImageSource) => Promise<T>,
): Promise<T> {
  const { directory, env, signal } = host;
  const source = await openImage(name, {
    directory,
    env,
    signal,
    temporary,
    http: createHttp(env),
    clock: systemClock,
    random: Math.random,
    core: { info: (line) => print(host.stderr, [line]) },
    run: runCommand,
  });
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

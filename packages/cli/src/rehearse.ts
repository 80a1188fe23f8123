// `headgate rehearse`: asks, opens a rehearsal in a fresh folder, shows it, reports it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { runCommand } from '@headgate/kit/process';
import { renderReport } from '@headgate/rehearsal/report/page';
import { type Application, readApplication } from '@headgate/rehearsal/story/application';
import { rehearse } from '@headgate/rehearsal/story/rehearse';
import { type StoryResult, toJson } from '@headgate/rehearsal/story/result';
import { renderClosing } from '@headgate/rehearsal/view/closing';
import type { RehearseOrder } from './arguments.js';
import { askConsent } from './consent.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import { findInstallation, findNode, findProgram } from './installation.js';
import { openJsonFile } from './json-file.js';
import { createProgress } from './progress.js';
import { openReportFile } from './report-file.js';
import { paintFor } from './terminal.js';

export async function rehearseCommand(order: RehearseOrder, host: HostProcess): Promise<ExitCode> {
  const application = await readApplication(resolve(host.directory, order.directory), order.story);
  const json = await openJsonFile(order.json, host);
  const page = await openReportFile('--html', order.html, host);
  if (!(await askConsent(application.directory, order.yes, host))) return exitCode.usage;
  const directory = await mkdtemp(join(tmpdir(), 'headgate-'));
  try {
    const result = await play(order, host, { application, directory });
    print(host.stdout, ['', ...renderClosing(result, paintFor(host.stdout, host.env))]);
    await json.write(toJson(result));
    await page.write(renderReport(result, dateOf(systemClock.now())));
    if (page.file !== null) print(host.stdout, [`report: ${page.file}`]);
    return result.ok ? exitCode.ok : exitCode.failed;
  } finally {
    if (order.keep) print(host.stderr, [`Kept: ${directory}`]);
    else await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function play(
  order: RehearseOrder,
  host: HostProcess,
  { application, directory }: { readonly application: Application; readonly directory: string },
): Promise<StoryResult> {
  const installation = findInstallation(host.script);
  const clock = systemClock;
  const progress = createProgress({
    story: application.story,
    output: host.stdout,
    env: host.env,
    now: () => clock.now(),
  });
  try {
    return await rehearse({
      application,
      directory,
      installation,
      node: findNode(installation, host.node),
      programs: {
        registry: findProgram(['docker-registry', 'registry'], host.env['PATH']),
        proxy: findProgram(['haproxy'], host.env['PATH']),
      },
      env: host.env,
      variables: order.variables,
      actionsDirectory: order.actions === null ? null : resolve(host.directory, order.actions),
      http: createHttp(),
      run: (command, options) => runCommand(command, { signal: host.signal, ...options }),
      clock,
      signal: host.signal,
      onChange: progress.onChange,
      watcher: progress.watcher,
      loadScript: { file: host.script, args: ['load-generator'] },
    });
  } finally {
    progress.end();
  }
}

/** `2026-11-21 08:40 UTC` */
function dateOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

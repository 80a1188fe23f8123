// `headgate check`: is headgate.yml valid, and what would each event run?
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { formatProblem, type Problem } from '@headgate/configuration/problem';
import { checkConfiguration } from '@headgate/configuration/read';
import { type RouteRow, routes } from '@headgate/configuration/routes';
import type { Configuration } from '@headgate/configuration/schema';
import { createHttp } from '@headgate/kit/http';
import { runCommand } from '@headgate/kit/process';
import { projectFiles } from '@headgate/rehearsal/story/project-files';
import { table } from '@headgate/rehearsal/view/text';
import type { CheckOrder } from './arguments.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { checkGitHub } from './github/check-github.js';
import { placeOf, tokenOf } from './github/place.js';
import { openReader } from './github/reader.js';
import { reportLines } from './github/report.js';
import { type HostProcess, print } from './host-process.js';
import { readGitFacts } from './init/git-facts.js';
import { type JsonFile, openJsonFile } from './json-file.js';
import { paintFor } from './terminal.js';
import { UsageError } from './usage-error.js';

const fileName = 'headgate.yml';

export async function check(order: CheckOrder, host: HostProcess): Promise<ExitCode> {
  const directory = resolve(host.directory, order.directory);
  const file = join(directory, fileName);
  const shown = relative(host.directory, file);
  const json = await openJsonFile(order.json, host);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(
      `${shown} cannot be read`,
      'Name the folder of an application that has a headgate.yml.',
    );
  });
  const reading = checkConfiguration(text, fileName, projectFiles(directory));
  const problems = reading.ok ? [] : reading.problems;
  const rows = reading.ok ? routes(reading.configuration) : [];
  const report = { file: shown, ok: reading.ok, problems, routes: rows };
  if (!reading.ok) {
    await json.write(report);
    print(host.stderr, problemLines(shown, problems));
    return exitCode.failed;
  }
  if (order.github) return checkSettings(reading.configuration, order, { host, directory, json, report });
  await json.write(report);
  print(host.stdout, [`${shown} is valid.`, '', ...routeTable(rows)]);
  return exitCode.ok;
}

interface Surroundings {
  readonly host: HostProcess;
  readonly directory: string;
  readonly json: JsonFile;
  readonly report: { readonly file: string; readonly ok: boolean };
}

/** With `--github`: what the repository is set to, in place of the routes. */
async function checkSettings(
  configuration: Configuration,
  order: CheckOrder,
  { host, directory, json, report }: Surroundings,
): Promise<ExitCode> {
  const { remote } = await readGitFacts(directory, runCommand);
  const place = placeOf(order.repository, remote, host.env);
  const token = tokenOf(host.env);
  const reader = await openReader({ place, token, http: createHttp(host.env), signal: host.signal });
  const found = await checkGitHub(reader, configuration);
  const ok = found.findings.every(({ severity }) => severity !== 'error');
  await json.write({ ...report, ok, github: { repository: reader.repository, ...found } });
  const paint = paintFor(host.stdout, host.env);
  print(host.stdout, [`${report.file} is valid.`, '', ...reportLines(reader.repository, found, paint)]);
  return ok ? exitCode.ok : exitCode.failed;
}

export function routeTable(rows: readonly RouteRow[]): readonly string[] {
  const columns = [
    { title: 'event', align: 'left' },
    { title: 'branch', align: 'left' },
    { title: 'stages', align: 'left' },
    { title: '', align: 'left' },
  ] as const;
  return table(
    columns,
    rows.map((row) => [row.event, row.branch, row.stages.join(' → ') || 'none', row.what]),
  );
}

function problemLines(file: string, problems: readonly Problem[]): readonly string[] {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return [...problems.map((problem) => formatProblem(file, problem)), '', `${file} has ${count}.`];
}

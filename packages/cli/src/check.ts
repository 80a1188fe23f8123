// `headgate check`: is headgate.yml valid, and what would each event run?
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { formatProblem, type Problem } from '@headgate/configuration/problem';
import { checkConfiguration } from '@headgate/configuration/read';
import { type RouteRow, routes } from '@headgate/configuration/routes';
import { projectFiles } from '@headgate/rehearsal/story/project-files';
import { table } from '@headgate/rehearsal/view/text';
import type { CheckOrder } from './arguments.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import { openJsonFile } from './json-file.js';
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
  await json.write({ file: shown, ok: reading.ok, problems, routes: rows });
  if (reading.ok) print(host.stdout, [`${shown} is valid.`, '', ...routeTable(rows)]);
  else print(host.stderr, problemLines(shown, problems));
  return reading.ok ? exitCode.ok : exitCode.failed;
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

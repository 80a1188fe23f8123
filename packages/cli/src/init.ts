// `headgate init`: looks at a repository and writes headgate.yml and delivery.yml that pass `headgate check`.
import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { formatProblem } from '@headgate/configuration/problem';
import { checkConfiguration } from '@headgate/configuration/read';
import type { Configuration } from '@headgate/configuration/schema';
import { runCommand } from '@headgate/kit/process';
import { parseYaml } from '@headgate/kit/yaml';
import { projectFiles } from '@headgate/rehearsal/story/project-files';
import { CommandError } from './command-error.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import { askOpen, canAsk } from './init/ask.js';
import { deliveryText } from './init/delivery-text.js';
import { type Answers, type Draft, draftConfiguration } from './init/draft.js';
import { doneLines, fileLines, findingLines, namesTodo, nextLines, todoLines } from './init/show.js';
import { type Survey, surveyRepository } from './init/survey.js';
import { existingFiles, type NewFile, writeAll } from './init/write-files.js';
import type { InitOrder } from './init-arguments.js';
import { UsageError } from './usage-error.js';

const configurationFile = 'headgate.yml';
const workflowFile = '.github/workflows/delivery.yml';

export async function init(order: InitOrder, host: HostProcess): Promise<ExitCode> {
  const directory = resolve(host.directory, order.directory);
  await expectFolder(directory, order.directory);
  const existing = await existingFiles(directory, [{ path: configurationFile }, { path: workflowFile }]);
  if (existing.length > 0 && !order.force && !order.dryRun) throw filesExist(existing);
  const survey = await surveyRepository({
    directory,
    run: (command, options) => runCommand(command, { signal: host.signal, ...options }),
    given: order.branches,
  });
  if (isEmpty(survey)) throw nothingFound(order.directory);
  const draft = draftConfiguration(survey, await answersTo(survey, order, host));
  const files = [
    { path: configurationFile, text: draft.text },
    { path: workflowFile, text: deliveryText(survey.branches.names) },
  ];
  const configuration = prove(draft, directory);
  print(host.stdout, findingLines(draft.rows));
  if (order.dryRun) print(host.stdout, fileLines(files));
  else await write(directory, { files, existing, host });
  const shown = relative(host.directory, directory);
  print(host.stdout, [
    ...todoLines([...unreadable(survey), ...draft.todo, ...namesTodo(configuration)]),
    ...(order.dryRun ? [] : nextLines(survey, shown)),
  ]);
  return exitCode.ok;
}

async function write(
  directory: string,
  {
    files,
    existing,
    host,
  }: { readonly files: readonly NewFile[]; readonly existing: readonly string[]; readonly host: HostProcess },
): Promise<void> {
  await writeAll(directory, files);
  print(host.stdout, ['', ...doneLines(files, existing)]);
}

/** Flags, then what CODEOWNERS says, then what people say. */
async function answersTo(survey: Survey, order: InitOrder, host: HostProcess): Promise<Answers> {
  const known = survey.services.map(({ name }) => name);
  const stranger = [...order.ports.keys()].find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new UsageError(
      `--port ${stranger}: no compose file has a service of that name that runs an image built here`,
      known.length === 0 ? 'Leave it out.' : `There are: ${known.join(', ')}.`,
    );
  }
  const given: Answers = {
    ports: order.ports,
    approvers: order.approvers.length > 0 ? order.approvers : survey.owners,
  };
  return canAsk(host, order.yes) ? askOpen(survey, given, host) : given;
}

function isEmpty({ images, packer, terraform }: Survey): boolean {
  return images.length + packer.length + terraform.length === 0;
}

/** What is written is first held against the very check that people run, and read back. @throws {CommandError} `draft-invalid` */
function prove(draft: Draft, directory: string): Configuration {
  const reading = checkConfiguration(draft.text, configurationFile, projectFiles(directory));
  const problems = reading.ok
    ? []
    : reading.problems.map((problem) => formatProblem(configurationFile, problem));
  const meant = JSON.stringify(draft.value);
  const back = reading.ok ? JSON.stringify(parseYaml(draft.text, { source: configurationFile })) : meant;
  if (reading.ok && back === meant) return reading.configuration;
  throw new CommandError({
    code: 'draft-invalid',
    message: ['what was found here makes no valid headgate.yml; nothing was written', ...problems].join('\n'),
    hint: problems.some((problem) => problem.includes('`branches.'))
      ? 'Name other branches with --production and --development.'
      : 'Please report it with these lines; write headgate.yml by the guide meanwhile.',
  });
}

async function expectFolder(directory: string, given: string): Promise<void> {
  const status = await stat(directory).catch(() => null);
  if (status?.isDirectory() === true) return;
  throw new UsageError(`${given} is no folder`, 'Name the root of a repository.');
}

function filesExist(existing: readonly string[]): CommandError {
  const are = existing.length === 1 ? 'is' : 'are';
  return new CommandError({
    code: 'files-exist',
    message: `${existing.join(' and ')} ${are} there already; nothing was written`,
    hint: `See what would be written with --dry-run, or replace ${existing.length === 1 ? 'it' : 'them'} with --force.`,
  });
}

function nothingFound(directory: string): CommandError {
  return new CommandError({
    code: 'nothing-found',
    message: `${directory} has no Dockerfile, no Packer template and no Terraform or OpenTofu configuration`,
    hint: 'Begin with a Dockerfile: what is delivered is built from one. docs/guide.md shows a headgate.yml to start from.',
  });
}

function unreadable(survey: Survey): readonly string[] {
  return survey.unreadable.map(
    (path) => `${path} could not be read as a compose file: nothing in it was looked at.`,
  );
}

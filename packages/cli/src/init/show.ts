// What `headgate init` tells: what it saw, what it wrote for it and why, what is left to people.
import type { Configuration } from '@headgate/configuration/schema';
import { clean, cut, table } from '@headgate/rehearsal/view/text';
import { wantedSecrets, wantedVariables } from '../wanted-names.js';
import type { Row } from './draft.js';
import type { Survey } from './survey.js';
import type { NewFile } from './write-files.js';

const columns = [
  { title: 'found', align: 'left' },
  { title: 'written', align: 'left' },
  { title: 'because', align: 'left' },
] as const;

export function findingLines(rows: readonly Row[]): readonly string[] {
  const cell = (text: string): string => cut(clean(text), 52);
  return table(
    columns,
    rows.map(({ found, written, because }) => [cell(found), cell(written), cell(because)]),
  );
}

export function fileLines(files: readonly NewFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => ['', `--- ${path}`, text.trimEnd()]);
}

/** What was done, file by file. */
export function doneLines(files: readonly NewFile[], replaced: readonly string[]): readonly string[] {
  return files.map(({ path }) => `${path} ${replaced.includes(path) ? 'replaced' : 'written'}`);
}

export function todoLines(todo: readonly string[]): readonly string[] {
  if (todo.length === 0) return [];
  return ['', 'To fill in or decide:', ...todo.map((text) => `  - ${clean(text)}`)];
}

/** What headgate.yml names and only people can set. */
export function namesTodo(configuration: Configuration): readonly string[] {
  const variables = wantedVariables(configuration);
  const places = new Map<string, string[]>();
  for (const { group, environment, members } of wantedSecrets(configuration)) {
    const key = `${group}\n${members.join(', ')}`;
    places.set(key, [...(places.get(key) ?? []), ...(environment === null ? [] : [environment])]);
  }
  const secrets = [...places].map(([key, environments]) => {
    const [group = '', members = ''] = key.split('\n');
    const plural = environments.length === 1 ? 'environment' : 'environments';
    const place = environments.length === 0 ? 'repository' : `${plural} ${environments.join(', ')}`;
    return `Set the secret ${group} of the ${place}: a YAML map with ${members}.`;
  });
  if (variables.length === 0) return secrets;
  const what = variables.length === 1 ? 'variable' : 'variables';
  return [`Set the repository ${what} ${variables.join(', ')}.`, ...secrets];
}

/** The way on, in order. */
export function nextLines(survey: Survey, directory: string): readonly string[] {
  const place = directory === '' ? '' : ` ${clean(directory)}`;
  const { development, production, release, hotfix } = survey.branches.names;
  const hasImages = survey.images.length > 0;
  const steps = [
    `headgate check${place}             what each event runs`,
    ...(hasImages
      ? [`headgate rehearse${place}          plays a push to ${development} on this machine`]
      : []),
    `Commit both files on a feature branch and open a pull request into ${development}.`,
    `Protect ${production}, ${development}, ${release}** and ${hotfix}** with a ruleset that requires the check \`flow / result (pull_request)\`.`,
    `headgate check --github${place}    what is still open on GitHub`,
  ];
  return ['', 'Next:', ...steps.map((text, index) => `  ${index + 1}. ${text}`)];
}

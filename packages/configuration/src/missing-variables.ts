// Variables that headgate.yml needs and nobody has set: one failure that names all of them and where to add them.
import { ActionError } from '@headgate/kit/errors';
import type { RepositoryFacts } from './facts.js';
import type { FailureCode } from './failures.js';
import type { ReadConfiguration } from './read.js';
import type { MissingVariable } from './references.js';

export function missingVariables(
  missing: readonly MissingVariable[],
  read: ReadConfiguration,
  repository: RepositoryFacts,
): ActionError<FailureCode> {
  const placed = missing.map((each) => ({ ...each, ...read.positionOf(each.path) }));
  placed.sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = placed.map(({ variable, path, near, line, column }) => {
    const question = near === null ? '' : ` (${near} is set: was that meant?)`;
    return `${read.file}:${line}:${column}: \`${path.join('.')}\` needs the variable ${variable}, which is not set${question}`;
  });
  const names = [...new Set(missing.map(({ variable }) => variable))].sort((a, b) => (a < b ? -1 : 1));
  const what = names.length === 1 ? 'it' : 'them';
  const hint =
    `Add ${what} at ${repository.url}/settings/variables/actions (${names.join(', ')}), as variables of the repository ` +
    `or its organisation (those of an environment are not seen here), or write a \`default:\` beside \`var:\`.`;
  const place = { file: read.file, line: placed[0]?.line ?? null };
  return new ActionError({ code: 'missing-variable', message: lines.join('\n'), hint, place });
}

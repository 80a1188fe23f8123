// Holds a repository's settings on GitHub against what the flow relies on. Reads only.
import type { Configuration } from '@headgate/configuration/schema';
import { CommandError } from '../command-error.js';
import { mergeFindings, type RepositoryFacts, tokenFindings } from './action-findings.js';
import { branchFindings } from './branch-findings.js';
import { environmentFindings } from './environment-findings.js';
import { type Findings, together } from './finding.js';
import { secretFindings, seenNames, variableFindings } from './name-findings.js';
import { ownerFindings } from './owner-findings.js';
import type { Reader } from './reader.js';
import { tagFindings } from './tag-findings.js';

/** @throws {CommandError} `github-refused` where the token does not see the repository at all */
export async function checkGitHub(reader: Reader, configuration: Configuration): Promise<Findings> {
  const facts = await reader.read<RepositoryFacts>('GET /repos/{owner}/{repo}');
  if (facts.kind !== 'seen') {
    throw new CommandError({
      code: 'github-refused',
      message: `GitHub shows this token no repository ${reader.repository}`,
      hint: 'Correct --repository, or use a token that may read it.',
    });
  }
  const variables = await seenNames(reader, 'variables');
  const hasApp = variables.names?.has('HEADGATE_APP_ID') === true;
  return together(
    await Promise.all([
      branchFindings(reader, configuration),
      mergeFindings(reader, facts.value),
      tagFindings(reader),
      tokenFindings(reader, hasApp),
      ownerFindings(reader, configuration.branches.production),
      environmentFindings(reader, configuration),
      variableFindings(reader, configuration, variables),
      secretFindings(reader, configuration),
    ]),
  );
}

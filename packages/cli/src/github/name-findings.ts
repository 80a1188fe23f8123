// The variables and secrets that headgate.yml names: whether GitHub has them. Values are never asked for.
import type { Configuration } from '@headgate/configuration/schema';
import { type WantedSecret, wantedSecrets, wantedVariables } from '../wanted-names.js';
import { type Finding, type Findings, found, shellWord, together, unseenBy } from './finding.js';
import type { Answer, Reader } from './reader.js';

/** Names of the repository's variables and its organisation's; null with what it would take to see them. */
export interface SeenNames {
  readonly names: ReadonlySet<string> | null;
  readonly needs: string;
}

export async function seenNames(reader: Reader, kind: 'variables' | 'secrets'): Promise<SeenNames> {
  const own = await names(reader, `GET /repos/{owner}/{repo}/actions/${kind}`, kind);
  const above = await names(reader, `GET /repos/{owner}/{repo}/actions/organization-${kind}`, kind);
  // GitHub also says "not found" to whoever may not look.
  if (own.kind !== 'seen') return { names: null, needs: own.kind === 'unseen' ? own.needs : `${kind}: read` };
  // A repository of a person has no organisation.
  const all = [own, above].flatMap((answer) => (answer.kind === 'seen' ? answer.value : []));
  return { names: new Set(all.map(({ name }) => name.toUpperCase())), needs: '' };
}

function names(
  reader: Reader,
  route: string,
  key: string,
): Promise<Answer<readonly { readonly name: string }[]>> {
  return reader.list<{ readonly name: string }>(route, {}, key);
}

export function variableFindings(reader: Reader, configuration: Configuration, seen: SeenNames): Findings {
  const wanted = wantedVariables(configuration);
  const known = seen.names;
  if (wanted.length === 0) return found();
  if (known === null) return unseenBy('variables', seen.needs);
  const missing = wanted.filter((name) => !known.has(name.toUpperCase()));
  return found(
    ...missing.map(
      (name): Finding => ({
        severity: 'error',
        subject: `variable ${name}`,
        expected: 'a variable of the repository or its organisation: headgate.yml has no default for it',
        found: 'none',
        page: `${reader.page}/settings/variables/actions`,
        command: `gh variable set ${shellWord(name)} -R ${shellWord(reader.repository)}`,
      }),
    ),
  );
}

export async function secretFindings(reader: Reader, configuration: Configuration): Promise<Findings> {
  const wanted = wantedSecrets(configuration);
  if (wanted.length === 0) return found();
  const seen = await seenNames(reader, 'secrets');
  const own = wanted.filter(({ environment }) => environment === null);
  const placed = wanted.filter(({ environment }) => environment !== null);
  const all = await Promise.all(placed.map((each) => environmentSecret(reader, each)));
  const inRepository =
    seen.names === null
      ? unseenBy('secrets of the repository', seen.needs)
      : found(
          ...own.map((each) => repositorySecret(reader, each, seen.names)),
          placeholder(reader, placed, seen.names),
        );
  return together([inRepository, ...all]);
}

function repositorySecret(
  reader: Reader,
  { group, members }: WantedSecret,
  known: ReadonlySet<string> | null,
): Finding | null {
  if (known?.has(group) === true) return null;
  return {
    severity: 'error',
    subject: `secret ${group}`,
    expected: `a YAML map with ${members.join(', ')}`,
    found: 'none',
    page: `${reader.page}/settings/secrets/actions`,
    command: `gh secret set ${group} -R ${shellWord(reader.repository)}`,
  };
}

/** GitHub replaces a secret by the environment's only where the caller passed its name. */
function placeholder(
  reader: Reader,
  placed: readonly WantedSecret[],
  known: ReadonlySet<string> | null,
): Finding | null {
  if (placed.length === 0 || known?.has('DEPLOY_SECRETS') === true) return null;
  return {
    severity: 'warning',
    subject: 'secret DEPLOY_SECRETS',
    expected:
      "a repository secret holding {}, so that its name is passed on and the environment's takes its place",
    found: 'none',
    page: `${reader.page}/settings/secrets/actions`,
    command: `gh secret set DEPLOY_SECRETS -R ${shellWord(reader.repository)} --body '{}'`,
  };
}

async function environmentSecret(
  reader: Reader,
  { group, environment, members }: WantedSecret,
): Promise<Findings> {
  const name = environment ?? '';
  const route = 'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets';
  const answer = await reader.list<{ readonly name: string }>(route, { environment_name: name }, 'secrets');
  if (answer.kind === 'unseen') return unseenBy(`secrets of environment ${name}`, answer.needs);
  const isThere = answer.kind === 'seen' || (await exists(reader, name));
  if (answer.kind === 'absent' && isThere)
    return unseenBy(`secrets of environment ${name}`, 'environments: read');
  // An environment that is not there is a finding of its own.
  if (answer.kind === 'absent' || answer.value.some((each) => each.name.toUpperCase() === group))
    return found();
  return found({
    severity: 'error',
    subject: `environment ${name}`,
    expected: `the secret ${group}: a YAML map with ${members.join(', ')}`,
    found: 'none',
    page: `${reader.page}/settings/environments`,
    command: `gh secret set ${group} --env ${shellWord(name)} -R ${shellWord(reader.repository)}`,
  });
}

async function exists(reader: Reader, environment: string): Promise<boolean> {
  const route = 'GET /repos/{owner}/{repo}/environments/{environment_name}';
  return (await reader.read(route, { environment_name: environment })).kind === 'seen';
}

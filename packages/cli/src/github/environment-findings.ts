// The environments of the flow on GitHub, and which branches may use each of them.
import type { Configuration } from '@headgate/configuration/schema';
import { type Finding, type Findings, found, shellWord, together, unseenBy } from './finding.js';
import type { Reader } from './reader.js';
import { matchesReference } from './reference-pattern.js';
import { type WantedEnvironment, wantedEnvironments } from './wanted-environments.js';

interface Environment {
  readonly name: string;
  readonly deployment_branch_policy?: {
    readonly protected_branches: boolean;
    readonly custom_branch_policies: boolean;
  } | null;
}

export async function environmentFindings(reader: Reader, configuration: Configuration): Promise<Findings> {
  const wanted = wantedEnvironments(configuration);
  if (wanted.length === 0) return found();
  const listed = await reader.list<Environment>('GET /repos/{owner}/{repo}/environments', {}, 'environments');
  // GitHub also says "not found" to whoever may not look.
  if (listed.kind !== 'seen')
    return unseenBy('environments', listed.kind === 'unseen' ? listed.needs : 'actions: read');
  const there = listed.value;
  const all = await Promise.all(
    wanted.map((each) =>
      findingsOf(
        reader,
        each,
        there.find(({ name }) => name.toLowerCase() === each.name.toLowerCase()),
      ),
    ),
  );
  return together(all);
}

async function findingsOf(
  reader: Reader,
  wanted: WantedEnvironment,
  there: Environment | undefined,
): Promise<Findings> {
  const { name, patterns } = wanted;
  const page = `${reader.page}/settings/environments`;
  const base = { severity: 'error', subject: `environment ${name}`, page } as const;
  const expected = `an environment that allows only ${patterns.join(', ')}`;
  if (there === undefined)
    return found({
      ...base,
      expected,
      found: 'none: GitHub makes one that every branch may use',
      command: limitCommand(reader.repository, wanted),
    });
  // What such a command leaves out (reviewers, a wait) GitHub may take for removed, so it is given for new environments only.
  const policy = there.deployment_branch_policy ?? null;
  if (policy === null) return found({ ...base, expected, found: 'every branch may use it', command: null });
  if (policy.protected_branches) {
    return found({
      ...base,
      severity: 'warning',
      expected,
      found: 'every protected branch may use it',
      command: null,
    });
  }
  const listed = await reader.list<{ readonly name: string; readonly type?: string }>(
    'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies',
    { environment_name: there.name },
    'branch_policies',
  );
  if (listed.kind !== 'seen')
    return unseenBy(
      `the branches of environment ${name}`,
      listed.kind === 'unseen' ? listed.needs : 'actions: read',
    );
  const [tags, branches] = [true, false].map((isTag) =>
    listed.value.filter(({ type }) => (type === 'tag') === isTag).map((each) => each.name),
  );
  return found(...patternFindings(reader, wanted, { allowed: branches ?? [], tags: tags ?? [], base }));
}

interface Allowed {
  /** Patterns of branches, and of tags. */
  readonly allowed: readonly string[];
  readonly tags: readonly string[];
  readonly base: Pick<Finding, 'severity' | 'subject' | 'page'>;
}

function patternFindings(
  reader: Reader,
  { name, own, strangers, patterns }: WantedEnvironment,
  { allowed, tags, base }: Allowed,
): readonly Finding[] {
  const allows = (reference: string): boolean =>
    allowed.some((pattern) => matchesReference(pattern, reference));
  const missing = [...new Set(own.filter(([reference]) => !allows(reference)).map(([, pattern]) => pattern))];
  const wide = [
    ...allowed.filter((pattern) => strangers.some((stranger) => matchesReference(pattern, stranger))),
    ...tags.map((pattern) => `tags ${pattern}`),
  ];
  const shown = allowed.length === 0 ? 'none' : allowed.join(', ');
  return [
    ...missing.map((pattern) => ({
      ...base,
      expected: `that ${pattern} may use it`,
      found: `only ${shown}`,
      command: policyCommand(reader.repository, name, pattern),
    })),
    ...(wide.length === 0
      ? []
      : [
          {
            ...base,
            expected: `that only ${patterns.join(', ')} may use it`,
            found: `${wide.join(', ')} may as well`,
            command: null,
          },
        ]),
  ];
}

function limitCommand(repository: string, { name, patterns }: WantedEnvironment): string {
  const place = shellWord(`repos/${repository}/environments/${encodeURIComponent(name)}`);
  const limits = `-F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'`;
  const policies = patterns.map((pattern) => policyCommand(repository, name, pattern));
  return [`gh api -X PUT ${place} ${limits}`, ...policies].join(' && ');
}

function policyCommand(repository: string, environment: string, pattern: string): string {
  const place = `repos/${repository}/environments/${encodeURIComponent(environment)}/deployment-branch-policies`;
  return `gh api ${shellWord(place)} -f ${shellWord(`name=${pattern}`)}`;
}

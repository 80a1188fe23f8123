// Deciding what brings an environment to a released version: the release's own headgate.yml, under today's policy.
import { classifyBranch } from '@headgate/configuration/branches';
import { decide } from '@headgate/configuration/decide';
import type { Decision } from '@headgate/configuration/decision';
import type { FlowEvent, RestoreRequest } from '@headgate/configuration/facts';
import type { ReadConfiguration } from '@headgate/configuration/read';
import type { Deps } from '@headgate/kit/deps';
import { findDeployedEvidence } from '@headgate/kit/evidence-deployed';
import { createGit } from '@headgate/kit/git';
import { failure } from './failures.js';
import type { DecideInputs } from './inputs.js';
import { readProjectAt } from './project-at.js';
import { findRestored, type RestoredRelease } from './restored-release.js';

export interface Restoring {
  readonly inputs: DecideInputs;
  readonly deps: Deps;
  readonly event: FlowEvent;
  readonly request: RestoreRequest;
  /** headgate.yml of the production branch as it is now. */
  readonly now: ReadConfiguration;
}

/**
 * Looks for the release, its configuration, and evidence that it ran in the environment.
 * @throws {ActionError} `dispatch-refused`, `restore-missing`, and those of reading headgate.yml
 */
export async function decideRestore(restoring: Restoring): Promise<Decision> {
  const { inputs, deps, event, request, now } = restoring;
  requireProduction(restoring);
  const { environment } = request;
  requireEnvironment(now, { environment, where: 'of this branch' });
  const { context } = deps;
  const github = await deps.connectGitHub(inputs.githubToken);
  const git = createGit(deps.run, context.workspace);
  const release = await findRestored({ github, git, ...request });
  const read = await readProjectAt(git, release.commit, inputs.configuration);
  requireEnvironment(read, { environment, where: `of ${release.version}` });
  const { production } = now.configuration.branches;
  const { commit, tree } = release;
  const provenBy = await findDeployedEvidence({ github, context, commit, tree, environment, production });
  return decide(factsOf(restoring, { release, provenBy, event }), read);
}

interface Found {
  readonly release: RestoredRelease;
  readonly provenBy: string | null;
  readonly event: FlowEvent;
}

function factsOf(
  { inputs, deps, request, now }: Restoring,
  { release, provenBy, event }: Found,
): Parameters<typeof decide>[0] {
  const { context } = deps;
  const { owner, name, fullName } = context.repository;
  const { version, replaces, commit, tree } = release;
  const branch = event.kind === 'dispatch' ? event.branch : now.configuration.branches.production;
  return {
    eventName: context.eventName,
    event: { kind: 'dispatch', branch, restore: request },
    ref: context.ref,
    repository: { owner, name, url: `${context.serverUrl}/${fullName}` },
    commit,
    tree,
    tags: [],
    lastRelease: null,
    remoteBranches: [],
    push: null,
    attempt: context.runAttempt,
    commits: 0,
    openPullRequests: [],
    policy: { commit: context.sha, configuration: now.configuration },
    restored: { version, replaces, provenBy },
    variables: inputs.variables,
  };
}

/** Whoever may start a run may start it on a branch of their own, with a workflow of their own. */
function requireProduction({ deps, now }: Restoring): void {
  const { ref } = deps.context;
  const { branches } = now.configuration;
  const branch = classifyBranch(ref.replace(/^refs\/heads\//, ''), branches);
  if (ref.startsWith('refs/heads/') && branch.kind === 'production') return;
  const message = `a run of the branch ${branches.production} was expected to deploy a version, it was started on ${ref}`;
  throw failure('dispatch-refused', message, `Start it on ${branches.production}.`);
}

interface Wanted {
  readonly environment: string;
  readonly where: string;
}

function requireEnvironment(
  { configuration, file }: ReadConfiguration,
  { environment, where }: Wanted,
): void {
  const known = Object.keys(configuration.environments);
  if (known.includes(environment)) return;
  const shown = JSON.stringify(environment.slice(0, 80));
  const message = `an environment in ${file} ${where} was expected: ${known.join(', ') || 'it has none'}; found ${shown}`;
  throw failure('dispatch-refused', message, 'Give the name of one of them as environment.');
}

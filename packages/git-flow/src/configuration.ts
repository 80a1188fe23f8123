// Mode configuration: everything an environment's containers and plans are made with, as one digest with named members.
import { missingVariables } from '@headgate/configuration/missing-variables';
import { createReferences } from '@headgate/configuration/references';
import type { ActionResult } from '@headgate/kit/action';
import { fetchRecord } from '@headgate/kit/artifacts';
import type { Deps } from '@headgate/kit/deps';
import { digestOf } from '@headgate/kit/digest';
import type { DeliveryRecord } from '@headgate/kit/record';
import type { ConfigurationPart } from '@headgate/kit/record-parts';
import { code, heading, table } from '@headgate/kit/summary';
import { fileMembers } from './configuration-files.js';
import { secretMembers } from './configuration-secrets.js';
import { blockValues } from './configuration-values.js';
import type { ConfigurationInputs } from './environment-inputs.js';
import { failure } from './failures.js';
import { readProject } from './project.js';

/** With a record: also holds it against what was bound before, and names every member that is another now. */
export async function configurationRun(inputs: ConfigurationInputs, deps: Deps): Promise<ActionResult> {
  const part = readPart(inputs, deps);
  if (inputs.recordArtifactId !== '' || inputs.recordDigest !== '') {
    const github = await deps.connectGitHub(inputs.githubToken);
    compare(part, await fetchRecord(github, inputs.recordArtifactId, inputs.recordDigest));
  }
  await deps.core.appendSummary(configurationSummary(part));
  deps.core.info(`${part.environment}: ${part.digest}`);
  return { outputs: { 'configuration-digest': part.digest }, entry: { parts: { configurations: [part] } } };
}

function readPart(inputs: ConfigurationInputs, { context }: Deps): ConfigurationPart {
  const { environment, variables, deploySecrets } = inputs;
  const { workspace, repository, serverUrl } = context;
  const read = readProject(workspace, inputs.configuration);
  const block = read.configuration.environments[environment];
  if (block === undefined) {
    const known = Object.keys(read.configuration.environments).join(', ');
    const message = `environment: one of ${known === '' ? 'none' : known} was expected, ${JSON.stringify(environment)} was found`;
    throw failure(
      'environment-missing',
      message,
      `Add it to ${inputs.configuration}, or correct \`environment\`.`,
    );
  }
  const values = blockValues(environment, block, variables);
  if (values.missing.length > 0) {
    const { owner, name, fullName } = repository;
    throw missingVariables(values.missing, read, { owner, name, url: `${serverUrl}/${fullName}` });
  }
  const references = createReferences(variables);
  const members = {
    ...values.members,
    ...fileMembers({ workspace, block, resolve: (value) => references.resolve(value, []) ?? '' }),
    ...secretMembers(environment, block, deploySecrets),
  };
  return { environment, digest: digestOf({ schema: 1, environment, members }), members };
}

/** Names of members that are not the same on both sides, sorted. */
export function changedMembers(now: ConfigurationPart, then: ConfigurationPart): readonly string[] {
  const names = new Set([...Object.keys(now.members), ...Object.keys(then.members)]);
  return [...names].filter((name) => now.members[name] !== then.members[name]).sort(ascending);
}

/** @throws {ActionError} `configuration-changed` */
function compare(now: ConfigurationPart, record: DeliveryRecord): void {
  const { environment } = now;
  const then = record.configurations.find((part) => part.environment === environment);
  if (then?.digest === now.digest) return;
  const changed = then === undefined ? [] : changedMembers(now, then);
  const what =
    then === undefined
      ? 'the record holds none'
      : `${changed.join(', ')} ${changed.length === 1 ? 'is another' : 'are others'} now`;
  const hint = `Make ${environment} and ${environment}-plan the same, then re-run all jobs: what is planned and approved must be what is applied and deployed.`;
  throw failure(
    'configuration-changed',
    `the configuration of ${environment} was expected as it was bound: ${what}`,
    hint,
  );
}

function configurationSummary({ environment, digest, members }: ConfigurationPart): string {
  const rows = Object.entries(members).map(([name, value]) => [code(name), code(value.slice(0, 24))]);
  return `${heading(2, `What ${environment} is made with`)}${code(digest)}\n\n${table(['Member', 'Digest'], rows)}`;
}

function ascending(left: string, right: string): number {
  return left < right ? -1 : 1;
}

// What both modes begin with: the place, the known secrets, the tool on it.

import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import type { Inputs } from './inputs.js';
import { createKnownSecrets, type KnownSecrets } from './known-secrets.js';
import { insideWorkspace } from './places.js';
import type { Place } from './sealed-plan.js';
import { openTerraform, type Terraform } from './terraform.js';

export interface Setting {
  readonly place: Place;
  /** Absolute, links followed. */
  readonly directory: string;
  readonly secrets: KnownSecrets;
  readonly terraform: Terraform;
}

/** @throws {ActionError} when the directory is not there or the tool does not answer. */
export async function openSetting(inputs: Inputs, deps: Deps): Promise<Setting> {
  const { context, core } = deps;
  const directory = insideWorkspace(context.workspace, inputs.directory, {
    input: 'directory',
    kind: 'folder',
  });
  const place: Place = {
    repository: context.repository.fullName,
    commit: context.sha,
    environment: inputs.environment,
    runId: (inputs.mode === 'apply' ? inputs.plan.runId : null) ?? context.runId,
    directory: relative(realpathSync(context.workspace), directory) || '.',
    workspace: inputs.workspace,
  };
  const publicTexts = [place.repository, place.environment, place.directory, place.workspace, inputs.tool];
  const secrets = createKnownSecrets(core, { initial: inputs.deploySecrets.values, publicTexts });
  const terraform = await openTerraform(inputs, directory, { deps, secrets });
  return { place, directory, secrets, terraform };
}

/** The leg's name in the record when none was given. */
export function legName({ leg }: Inputs, { directory, workspace }: Place): string {
  return leg === '' ? `${directory} (${workspace})` : leg;
}

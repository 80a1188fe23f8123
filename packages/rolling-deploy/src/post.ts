// Entry of the post step: does nothing unless the main step was cut off in the middle.
import { createRealHost } from '@headgate/kit/action-host';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import { createInputReader } from '@headgate/kit/inputs';
import type { LegResult } from '@headgate/kit/record-parts';
import { loadYaml } from '@headgate/kit/yaml-loader';
import { inputSpecs, readInputs } from './inputs.js';

const host = createRealHost();
const { core } = host;
let created: Promise<Deps> | null = null;
host.exit(await finish());

async function finish(): Promise<LegResult> {
  try {
    if (core.getState('ssh') !== '') await endConnections();
    const preview = core.getState('preview');
    if (preview !== '') return await tellCutOff(preview);
    if (core.getState('task') !== '') return await removeCutOff();
    if (['hand', 'deployment', 'tests', 'hooks'].every((name) => core.getState(name) === ''))
      return 'success';
    const { finishUndo } = await import('./aftermath.js');
    await loadYaml();
    const inputs = readInputs(createInputReader(inputSpecs, core));
    return (await finishUndo(inputs, await depsOf())) ? 'success' : 'failure';
  } catch (error) {
    const hint = error instanceof ActionError ? `\n${error.hint}` : '';
    core.error(`${error instanceof Error ? error.message : String(error)}${hint}`);
    return 'failure';
  } finally {
    host.removeTemporary();
  }
}

/** One temporary folder for all that the post step does. */
function depsOf(): Promise<Deps> {
  created ??= host.createDeps(core);
  return created;
}

async function endConnections(): Promise<void> {
  const { endLeftConnections } = await import('./ssh-left.js');
  await endLeftConnections(core.getState('ssh'), await depsOf());
}

async function tellCutOff(preview: string): Promise<LegResult> {
  const [{ reportCutOff }, { readModeInputs }] = await Promise.all([
    import('./preview-aftermath.js'),
    import('./modes.js'),
  ]);
  await loadYaml();
  const inputs = readModeInputs(createInputReader(inputSpecs, core));
  await reportCutOff(preview, inputs, await depsOf());
  return 'success';
}

async function removeCutOff(): Promise<LegResult> {
  const [{ removeOwnTasks }, { readTaskInputs }] = await Promise.all([
    import('./task-place.js'),
    import('./task-inputs.js'),
  ]);
  await loadYaml();
  const inputs = readTaskInputs(createInputReader(inputSpecs, core));
  core.info('the task was cut off: removing its container');
  await removeOwnTasks(inputs, await depsOf());
  return 'success';
}

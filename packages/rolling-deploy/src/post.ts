// Entry of the post step: does nothing unless the main step was cut off in the middle.
import { createRealHost } from '@headgate/kit/action-host';
import { ActionError } from '@headgate/kit/errors';
import { createInputReader } from '@headgate/kit/inputs';
import type { LegResult } from '@headgate/kit/record-parts';
import { loadYaml } from '@headgate/kit/yaml-loader';
import { inputSpecs, readInputs } from './inputs.js';

const host = createRealHost();
const { core } = host;
host.exit(await finish());

async function finish(): Promise<LegResult> {
  try {
    if (['hand', 'deployment', 'tests'].every((name) => core.getState(name) === '')) return 'success';
    const { finishUndo } = await import('./aftermath.js');
    await loadYaml();
    const inputs = readInputs(createInputReader(inputSpecs, core));
    return (await finishUndo(inputs, await host.createDeps(core))) ? 'success' : 'failure';
  } catch (error) {
    const hint = error instanceof ActionError ? `\n${error.hint}` : '';
    core.error(`${error instanceof Error ? error.message : String(error)}${hint}`);
    return 'failure';
  } finally {
    host.removeTemporary();
  }
}

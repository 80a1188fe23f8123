// Entry of the post step: does nothing unless the main step was cut off in the middle.
import { createRealHost } from '@headgate/kit/action-host';
import { ActionError } from '@headgate/kit/errors';
import { createInputReader } from '@headgate/kit/inputs';
import { loadYaml } from '@headgate/kit/yaml-loader';
import { inputSpecs, readInputs } from './inputs.js';

const host = createRealHost();
try {
  let consistent = true;
  if (host.core.getState('hand') !== '') {
    const { finishUndo } = await import('./aftermath.js');
    await loadYaml();
    consistent = await finishUndo(
      readInputs(createInputReader(inputSpecs, host.core)),
      await host.createDeps(host.core),
    );
  }
  host.exit(consistent ? 'success' : 'failure');
} catch (error) {
  const hint = error instanceof ActionError ? `\n${error.hint}` : '';
  host.core.error(`${error instanceof Error ? error.message : String(error)}${hint}`);
  host.exit('failure');
} finally {
  host.removeTemporary();
}

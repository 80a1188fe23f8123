// Entry of the post step: does nothing unless the main step was cut off while the tool was at work.
import { createRealHost } from '@headgate/kit/action-host';
import { ActionError } from '@headgate/kit/errors';
import { createInputReader } from '@headgate/kit/inputs';
import { loadYaml } from '@headgate/kit/yaml-loader';
import { inputSpecs, readInputs } from './inputs.js';

const host = createRealHost();
try {
  let free = true;
  if (host.core.getState('child') !== '') {
    const { finishChild } = await import('./aftermath.js');
    await loadYaml();
    const inputs = readInputs(createInputReader(inputSpecs, host.core));
    free = await finishChild(inputs, await host.createDeps(host.core));
  }
  host.exit(free ? 'success' : 'failure');
} catch (error) {
  const hint = error instanceof ActionError ? `\n${error.hint}` : '';
  host.core.error(`${error instanceof Error ? error.message : String(error)}${hint}`);
  host.exit('failure');
} finally {
  host.removeTemporary();
}

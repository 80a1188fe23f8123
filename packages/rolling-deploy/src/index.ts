// Entry of rolling-deploy, and of its post step.
import { runAction } from '@headgate/kit/action';
import { isPostStep } from '@headgate/kit/post-step';
import { inputSpecs, outputNames } from './inputs.js';
import { readModeInputs, runMode } from './modes.js';

if (isPostStep()) {
  await import('./post.js');
} else {
  await runAction({
    name: 'rolling-deploy',
    stage: 'deploy',
    specs: inputSpecs,
    outputNames,
    readInputs: readModeInputs,
    legOf: ({ leg }) => leg,
    load: async () => ({ run: runMode }),
  });
}

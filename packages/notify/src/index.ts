// Entry of notify.
import { runAction } from '@headgate/kit/action';
import { inputSpecs, outputNames, readInputs } from './inputs.js';

await runAction({
  name: 'notify',
  stage: 'notify',
  specs: inputSpecs,
  outputNames,
  readInputs,
  load: () => import('./run.js'),
});

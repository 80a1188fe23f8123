// Entry of approval-gate.
import { runAction } from '@headgate/kit/action';
import { inputSpecs, legOf, outputNames, readInputs } from './inputs.js';

await runAction({
  name: 'approval-gate',
  stage: 'approval',
  specs: inputSpecs,
  outputNames,
  readInputs,
  legOf,
  load: () => import('./run.js'),
});

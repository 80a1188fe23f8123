// Entry of git-flow.
import { runAction } from '@headgate/kit/action';
import { inputSpecs, outputNames, readInputs } from './inputs.js';

await runAction({
  name: 'git-flow',
  stage: null,
  specs: inputSpecs,
  outputNames,
  readInputs,
  load: () => import('./run.js'),
});

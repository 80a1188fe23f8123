// Entry of rolling-deploy.
import { runAction } from '@headgate/kit/action';
import { inputSpecs, outputNames, readInputs } from './inputs.js';

await runAction({
  name: 'rolling-deploy',
  stage: 'deploy',
  specs: inputSpecs,
  outputNames,
  readInputs,
  legOf: ({ leg }) => leg,
  load: () => import('./run.js'),
});

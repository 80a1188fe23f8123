// Entry of terraform-plan-apply.
import { runAction } from '@headgate/kit/action';
import { inputSpecs, outputNames, readInputs, stageOf } from './inputs.js';

await runAction({
  name: 'terraform-plan-apply',
  stage: stageOf(process.env),
  specs: inputSpecs,
  outputNames,
  readInputs,
  load: () => import('./run.js'),
});

// Entry of packer-image.
import { runAction } from '@headgate/kit/action';
import { inputSpecs, outputNames, readInputs } from './inputs.js';

await runAction({
  name: 'packer-image',
  stage: 'machine-images',
  specs: inputSpecs,
  outputNames,
  readInputs,
  load: () => import('./run.js'),
});

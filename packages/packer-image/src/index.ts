// Entry of packer-image, and of its post step.
import { runAction } from '@headgate/kit/action';
import { isPostStep } from '@headgate/kit/post-step';
import { inputSpecs, outputNames, readInputs } from './inputs.js';

if (isPostStep()) {
  await import('./post.js');
} else {
  await runAction({
    name: 'packer-image',
    stage: 'machine-images',
    specs: inputSpecs,
    outputNames,
    readInputs,
    load: () => import('./run.js'),
  });
}

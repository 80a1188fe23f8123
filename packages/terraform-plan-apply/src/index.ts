// Entry of terraform-plan-apply, and of its post step.
import { runAction } from '@headgate/kit/action';
import { isPostStep } from '@headgate/kit/post-step';
import { inputSpecs, outputNames, readInputs, stageOf } from './inputs.js';

if (isPostStep()) {
  await import('./post.js');
} else {
  await runAction({
    name: 'terraform-plan-apply',
    stage: stageOf(process.env),
    specs: inputSpecs,
    outputNames,
    readInputs,
    feedback: {
      tokenOf: ({ failureComment, githubToken }) => (failureComment ? githubToken : null),
      load: () => import('@headgate/kit/feedback'),
    },
    load: () => import('./run.js'),
  });
}

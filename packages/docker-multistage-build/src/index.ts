// Entry of docker-multistage-build.
import { runAction } from '@headgate/kit/action';
import { inputSpecs, outputNames, readInputs } from './inputs.js';

await runAction({
  name: 'docker-multistage-build',
  stage: 'images',
  specs: inputSpecs,
  outputNames,
  readInputs,
  legOf: ({ leg }) => leg,
  feedback: {
    tokenOf: ({ failureComment, githubToken }) => (failureComment ? (githubToken ?? '') : null),
    load: () => import('@headgate/kit/feedback'),
  },
  load: () => import('./run.js'),
});

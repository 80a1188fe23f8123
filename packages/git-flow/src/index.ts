// Entry of git-flow.
import { runAction } from '@headgate/kit/action';
import { inputSpecs, outputNames, readInputs, stageOf } from './inputs.js';

await runAction({
  name: 'git-flow',
  stage: stageOf(process.env),
  specs: inputSpecs,
  outputNames,
  readInputs,
  legOf: ({ mode }) => mode,
  load: () => import('./run.js'),
});

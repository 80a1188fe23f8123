// The jobs of git-flow.yml, as far as their results say something that no entry does.
import type { Decision } from '@headgate/configuration/decision';
import type { StageName } from '@headgate/kit/record-parts';

/** The job that runs a stage. */
export const jobOf: Readonly<Record<StageName, string>> = {
  images: 'images',
  'machine-images': 'machine-images',
  plan: 'deploy',
  approval: 'deploy',
  deploy: 'deploy',
  finish: 'finish',
  notify: 'notify',
};

/** Jobs that are no stage and must not be skipped, since nothing could be found, handed on or published without them. */
export function expectedJobs(decision: Decision): readonly string[] {
  const { evidence, images, machineImages, shownPlans, finish, environment, drift } = decision;
  const collects = images.length > 0 || machineImages.length > 0;
  return [
    ...(evidence === 'none' ? [] : ['evidence']),
    ...(collects ? ['collect'] : []),
    ...(shownPlans.length > 0 ? ['infrastructure'] : []),
    ...(drift ? ['drift'] : []),
    ...(collects || finish.promote || evidence === 'restore' ? ['record'] : []),
    ...(finish.promote && environment !== null ? ['release'] : []),
  ];
}

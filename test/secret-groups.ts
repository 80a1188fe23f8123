// Which of the four workflow secrets each action may be handed, and under which input.
import { actionOf, calledBy, type Job, type Step, type Workflow } from './workflow-tree.js';

export const groups = ['BUILD_SECRETS', 'DEPLOY_SECRETS', 'NOTIFY_SECRETS', 'FLOW_SECRETS'] as const;
export type Group = (typeof groups)[number];

const ofAction: Readonly<Record<string, readonly Group[]>> = {
  'docker-multistage-build': ['BUILD_SECRETS'],
  'packer-image': ['BUILD_SECRETS'],
  'terraform-plan-apply': ['DEPLOY_SECRETS'],
  'rolling-deploy': ['DEPLOY_SECRETS'],
  'rolling-deploy preview-reap': [],
  notify: ['NOTIFY_SECRETS'],
  'git-flow configuration': ['DEPLOY_SECRETS'],
  // The version becomes a tag of the images too.
  'git-flow tag': ['BUILD_SECRETS', 'FLOW_SECRETS'],
  'git-flow back-merge': ['FLOW_SECRETS'],
};

/** Empty for every action and mode that is not listed: decide, collect, approval-gate … */
export function groupsOf(name: string, mode: string): readonly Group[] {
  return ofAction[`${name} ${mode}`] ?? ofAction[name] ?? [];
}

/** Groups that a job's own steps may see together. */
export function groupsOfJob({ steps = [] }: Job): readonly Group[] {
  return sorted(steps.flatMap((step) => groupsOfStep(step)));
}

export function groupsOfStep(step: Step): readonly Group[] {
  const action = actionOf(step);
  return action === null ? [] : groupsOf(action.name, action.mode);
}

/** Groups that a workflow's jobs need, those it calls included. */
export function groupsOfWorkflow({ jobs }: Workflow): readonly Group[] {
  return sorted(
    Object.values(jobs).flatMap((job) => {
      const called = calledBy(job);
      return called === null ? groupsOfJob(job) : groupsOfWorkflow(called);
    }),
  );
}

function sorted(found: readonly Group[]): readonly Group[] {
  return groups.filter((group) => found.includes(group));
}

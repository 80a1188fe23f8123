// Runs, jobs and results for tests of the views.
import type { JobState, RunState } from '../../src/model.js';
import type { StepResult, StoryResult } from '../../src/story/result.js';

export function job(name: string, changes: Partial<JobState> = {}): JobState {
  return {
    id: 1,
    name,
    attempt: 1,
    status: 'completed',
    conclusion: 'success',
    startedAt: 1_000,
    completedAt: 3_500,
    environment: null,
    steps: [],
    annotations: [],
    summary: '',
    log: '',
    outputs: {},
    ...changes,
  };
}

export function run(jobs: JobState[], changes: Partial<RunState> = {}): RunState {
  const event = {
    repository: 'octo/shop',
    name: 'push',
    ref: 'refs/heads/develop',
    sha: 'a',
    actor: 'm',
    payload: {},
    fork: false,
  };
  return {
    id: 1,
    repository: 'octo/shop',
    number: 1,
    attempt: 1,
    workflowName: 'delivery',
    workflowPath: '.github/workflows/delivery.yml',
    event,
    headBranch: 'develop',
    headSha: 'a',
    headRepository: 'octo/shop',
    referencedWorkflows: [],
    status: 'completed',
    conclusion: 'success',
    createdAt: 0,
    completedAt: 4_000,
    jobs,
    ...changes,
  };
}

export function step(name: string, changes: Partial<StepResult> = {}): StepResult {
  return { name, ok: true, seconds: 4.2, problems: [], runs: [], continued: [], record: null, ...changes };
}

export function story(changes: Partial<StoryResult> = {}): StoryResult {
  return {
    story: 'first',
    ok: true,
    seconds: 61.4,
    steps: [],
    notPlayed: [],
    load: null,
    traffic: null,
    running: [],
    mail: [],
    repository: { branches: ['develop'], tags: [] },
    backMerge: { branch: 'master', into: 'develop', done: true },
    ...changes,
  };
}

// A world in which nothing happens by itself: tests put in what they are about.
import { systemClock } from '@headgate/kit/clock';
import type { StoryWorld } from '../../src/story/world.js';

export const noTraffic = { environment: 'test', samples: [], images: new Map<string, string>() };

const unexpected = async (): Promise<never> => {
  throw new Error('nobody expected this');
};

export function quietWorld(changes: Partial<StoryWorld> = {}): StoryWorld {
  return {
    engine: {
      raised: [],
      runs: () => [],
      handled: async () => undefined,
      idle: async () => undefined,
      strike: () => undefined,
      loseRunner: () => undefined,
      cancelAll: async () => undefined,
    },
    desk: { push: unexpected, resolve: unexpected },
    people: {
      openPullRequest: unexpected,
      merge: unexpected,
      comment: unexpected,
      rerun: unexpected,
      dispatch: unexpected,
      workflowIssues: async () => [],
      deployment: async () => ({ state: 'success', description: '', url: '' }),
      deployments: async () => 0,
      pullRequests: async () => [],
      workflowComments: async () => [],
      replies: async () => [],
      releases: async () => [],
    },
    http: unexpected,
    clock: systemClock,
    signal: new AbortController().signal,
    running: async () => [],
    tags: async () => [],
    digestOf: async () => null,
    urlsOf: () => ['http://127.0.0.1:1'],
    artifacts: () => [],
    startLoad: () => {
      throw new Error('no load here');
    },
    watchTraffic: () => ({ stop: async () => undefined, traffic: () => noTraffic }),
    references: {
      list: async () => ({ branches: ['develop'], tags: [] }),
      find: async () => null,
      isAncestor: async () => true,
    },
    mails: () => [],
    violations: () => [],
    images: ['shop'],
    branches: { production: 'master', development: 'develop' },
    ...changes,
  };
}

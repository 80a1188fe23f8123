// Every operation the double answers, gathered from the files of their nouns.
import type { Registry } from './operation.js';
import { accountOperations } from './operations/accounts.js';
import { artifactOperations } from './operations/artifacts.js';
import { branchOperations } from './operations/branches.js';
import { commentOperations } from './operations/comments.js';
import { commitOperations } from './operations/commits.js';
import { deploymentOperations } from './operations/deployments.js';
import { dispatchOperations } from './operations/dispatch.js';
import { gitObjectOperations } from './operations/git-objects.js';
import { issueOperations } from './operations/issues.js';
import { pullMergingOperations } from './operations/pull-merging.js';
import { pullOperations } from './operations/pulls.js';
import { refOperations } from './operations/refs.js';
import { repositoryOperations } from './operations/repositories.js';
import { runOperations } from './operations/runs.js';

export const registry: Registry = {
  repository: {
    ...repositoryOperations,
    ...branchOperations,
    ...commitOperations,
    ...refOperations,
    ...gitObjectOperations,
    ...pullOperations,
    ...pullMergingOperations,
    ...issueOperations,
    ...commentOperations,
    ...deploymentOperations,
    ...runOperations,
    ...artifactOperations,
    ...dispatchOperations,
  },
  account: accountOperations,
};

// Every operation the double answers, gathered from the files of their nouns.
import type { Registry } from './operation.js';
import { accountOperations } from './operations/accounts.js';
import { actionSettingOperations } from './operations/action-settings.js';
import { appOperations } from './operations/apps.js';
import { artifactOperations } from './operations/artifacts.js';
import { branchOperations } from './operations/branches.js';
import { checkOperations } from './operations/checks.js';
import { commentOperations } from './operations/comments.js';
import { commitOperations } from './operations/commits.js';
import { contentOperations } from './operations/contents.js';
import { deploymentOperations } from './operations/deployments.js';
import { dispatchOperations } from './operations/dispatch.js';
import { gitObjectOperations } from './operations/git-objects.js';
import { issueOperations } from './operations/issues.js';
import { pullChangeOperations } from './operations/pull-changes.js';
import { pullMergingOperations } from './operations/pull-merging.js';
import { pullOperations } from './operations/pulls.js';
import { refOperations } from './operations/refs.js';
import { releaseAssetOperations } from './operations/release-assets.js';
import { releaseOperations } from './operations/releases.js';
import { repositoryOperations } from './operations/repositories.js';
import { rulesetOperations } from './operations/rulesets.js';
import { runOperations } from './operations/runs.js';

export const registry: Registry = {
  repository: {
    ...repositoryOperations,
    ...actionSettingOperations,
    ...branchOperations,
    ...rulesetOperations,
    ...commitOperations,
    ...contentOperations,
    ...refOperations,
    ...gitObjectOperations,
    ...pullOperations,
    ...pullChangeOperations,
    ...pullMergingOperations,
    ...issueOperations,
    ...commentOperations,
    ...deploymentOperations,
    ...runOperations,
    ...artifactOperations,
    ...dispatchOperations,
    ...checkOperations,
    ...releaseOperations,
    ...releaseAssetOperations,
  },
  account: { ...accountOperations, ...appOperations },
};

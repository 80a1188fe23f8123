// headgate.yml as a schema: the source of its types, its checks and the JSON Schema for editors.
import * as v from 'valibot';
import { approvalSchema, freezeSchema } from './approval-schema.js';
import { backMergeSchema } from './back-merge-schema.js';
import { budgetsSchema, cacheName, policySchema } from './content-schema.js';
import { infrastructureSchema } from './infrastructure-schema.js';
import { machineImageSchema } from './machine-image-schema.js';
import { notificationSchema } from './notification-schema.js';
import { previewSchema } from './preview-schema.js';
import {
  branchName,
  branchPrefix,
  filled,
  name,
  path,
  platform,
  secretName,
  secretReference,
  stageName,
  value,
  variableName,
} from './schema-values.js';
import { signingSchema } from './signing-schema.js';
import { targetSchema } from './target-schema.js';

const branches = v.pipe(
  v.strictObject({
    production: v.optional(branchName, 'master'),
    development: v.optional(branchName, 'develop'),
    feature: v.optional(branchPrefix, 'feature/'),
    release: v.optional(branchPrefix, 'release/'),
    hotfix: v.optional(branchPrefix, 'hotfix/'),
    support: v.optional(branchPrefix, 'support/'),
  }),
  v.description('Names and prefixes of the git-flow branches.'),
);

const registry = v.pipe(
  v.strictObject({
    host: v.optional(
      v.pipe(value, v.description('Host of the registry, with port if it has one.')),
      'ghcr.io',
    ),
    username: v.optional(
      v.pipe(
        value,
        v.description("Who logs in; the repository's owner unless said. The password is in BUILD_SECRETS."),
      ),
    ),
  }),
  v.description('Where images are published and pulled from.'),
);

const image = v.strictObject({
  repository: v.optional(
    v.pipe(
      value,
      v.description(
        'Repository in the registry; owner/repository/image, or owner/repository for its namesake.',
      ),
    ),
  ),
  context: v.optional(v.pipe(path, v.description("Build context, from the repository's root.")), '.'),
  file: v.optional(v.pipe(path, v.description('Dockerfile, from the context.')), 'Dockerfile'),
  target: v.optional(v.pipe(stageName, v.description('The stage that ships; the last one unless said.'))),
  'test-targets': v.optional(
    v.pipe(v.array(stageName), v.description('Stages that must build before anything ships, in this order.')),
    [],
  ),
  'test-results': v.optional(
    v.pipe(
      v.array(stageName),
      v.description('Stages that hold what tests have left; JUnit reports in them decide.'),
    ),
    [],
  ),
  'skipped-stages': v.optional(
    v.pipe(v.array(stageName), v.description('Stages named like a check that are not meant to run.')),
    [],
  ),
  cache: v.optional(cacheName),
  'build-record': v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "Whether to keep the builds' record, which Docker Desktop opens; it holds build arguments.",
      ),
    ),
  ),
  policy: v.optional(policySchema),
  budgets: v.optional(budgetsSchema),
  baseline: v.optional(
    v.pipe(
      filled,
      v.description('What growth is measured against: a tag of the image, or a full reference.'),
    ),
  ),
  platforms: v.optional(v.pipe(v.array(platform), v.description("The builder's own unless said.")), []),
  'build-args': v.optional(
    v.pipe(v.record(variableName, value), v.description('Build arguments; never secrets.')),
    {},
  ),
  'build-contexts': v.optional(
    v.pipe(v.record(filled, value), v.description('Named contexts; one whose value is empty is left out.')),
    {},
  ),
  network: v.optional(
    v.pipe(v.picklist(['default', 'none', 'host']), v.description('Network of RUN instructions.')),
  ),
  secrets: v.optional(
    v.pipe(
      v.record(secretName, secretReference),
      v.description('Secrets mounted by RUN --mount=type=secret,id=….'),
    ),
    {},
  ),
});

export const defaultBranches: Branches = v.parse(branches, {});

export const environmentBranches = ['development', 'release', 'production'] as const;

const environment = v.strictObject({
  branch: v.pipe(
    v.picklist(environmentBranches),
    v.description('The kind of branch whose pushes are deployed here; release covers hotfix.'),
  ),
  url: v.optional(v.pipe(value, v.description('Where people look at it.'))),
  infrastructure: v.optional(
    v.pipe(
      v.record(name, infrastructureSchema),
      v.description('What is planned, approved and applied before anything is deployed.'),
    ),
    {},
  ),
  targets: v.pipe(v.record(name, targetSchema), v.minEntries(1, 'at least one target')),
  approval: v.optional(v.pipe(approvalSchema, v.description('Who must agree before anything changes.'))),
  freeze: v.optional(
    v.pipe(v.array(freezeSchema), v.description('Times in which nothing is applied or deployed.')),
    [],
  ),
});

export const configurationSchema = v.pipe(
  v.strictObject({
    application: v.pipe(name, v.description('Name of the application.')),
    branches: v.optional(branches, {}),
    'back-merge': v.optional(backMergeSchema, {}),
    registry: v.optional(registry, {}),
    signing: v.optional(v.pipe(signingSchema, v.description('Whose signature images must carry.'))),
    images: v.optional(
      v.pipe(v.record(name, image), v.description('Images built from this repository.')),
      {},
    ),
    'machine-images': v.optional(
      v.pipe(
        v.record(name, machineImageSchema),
        v.description('Packer templates built for releases and hotfixes.'),
      ),
      {},
    ),
    environments: v.optional(
      v.pipe(v.record(name, environment), v.description('Where the application runs.')),
      {},
    ),
    previews: v.optional(
      v.pipe(previewSchema, v.description('Pull requests shown as temporary applications.')),
    ),
    notifications: v.optional(
      v.pipe(
        v.record(name, notificationSchema),
        v.maxEntries(32, 'at most 32 channels'),
        v.description('Who hears of a delivery.'),
      ),
      {},
    ),
  }),
  v.title('headgate.yml'),
  v.description('What an application is made of and where it runs.'),
);

/** headgate.yml with every default filled in; references are still references. */
export type Configuration = v.InferOutput<typeof configurationSchema>;
export type Branches = Configuration['branches'];
export type ImageConfiguration = Configuration['images'][string];
export type EnvironmentConfiguration = Configuration['environments'][string];
export type TargetConfiguration = EnvironmentConfiguration['targets'][string];
export type MachineImageConfiguration = Configuration['machine-images'][string];
export type InfrastructureConfiguration = EnvironmentConfiguration['infrastructure'][string];
export type ApprovalConfiguration = NonNullable<EnvironmentConfiguration['approval']>;
export type NotificationConfiguration = Configuration['notifications'][string];
export type PreviewConfiguration = NonNullable<Configuration['previews']>;
export type EnvironmentBranch = EnvironmentConfiguration['branch'];
export type DerivedConfiguration = Configuration['back-merge']['derived'][number];
export type Value = v.InferOutput<typeof value>;

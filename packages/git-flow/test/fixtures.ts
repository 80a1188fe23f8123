// Decisions and entries for tests of collecting, and artifacts that hold them.
import { createRequire } from 'node:module';
import type { Decision, Leg } from '@headgate/configuration/decision';
import { canonicalJson } from '@headgate/kit/digest';
import type { Entry } from '@headgate/kit/record';
import { entryArtifactName, legHash } from '@headgate/kit/record-names';
import type { StageName } from '@headgate/kit/record-parts';
import type { TestGitHub } from '@headgate/kit/testing/github';

export const commit = 'c'.repeat(40);
export const tree = 'd'.repeat(40);

function legOf(stage: StageName, name: string): Leg {
  return { stage, name, leg: legHash(stage, name), settings: {} };
}

/** A push to develop: one image, one target. */
export function decisionOf(overrides: Partial<Decision> = {}): Decision {
  const images = overrides.images ?? [legOf('images', 'shop')];
  const targets = overrides.targets ?? [legOf('deploy', 'web')];
  return {
    schemaVersion: 1,
    application: 'shop',
    event: 'push',
    ref: 'refs/heads/develop',
    branch: 'develop',
    branchKind: 'development',
    version: null,
    commit,
    tree,
    attempt: 1,
    trusted: true,
    publish: true,
    environment: 'integration',
    environmentUrl: null,
    nothing: null,
    stages: [
      { stage: 'images', expected: images.length > 0, reason: 'because' },
      { stage: 'deploy', expected: targets.length > 0, reason: 'because' },
    ],
    evidence: 'none',
    machineImages: [],
    plans: [],
    shownPlans: [],
    preview: null,
    approval: null,
    review: null,
    replaces: null,
    freeze: [],
    finish: { promote: false, forecast: false },
    drift: false,
    notifications: {},
    notices: [],
    ...overrides,
    images,
    targets,
  };
}

const causes = {
  failure: { code: 'gate-failed', message: 'the test stage test failed', hint: 'Correct the tests.' },
  cancelled: { code: 'cancelled', message: 'the job was cancelled', hint: 'Re-run.' },
  success: null,
};

export function entryOf(stage: StageName, name: string, overrides: Partial<Entry> = {}): Entry {
  const result = overrides.result ?? 'success';
  return {
    schemaVersion: 1,
    stage,
    name,
    leg: legHash(stage, name),
    attempt: 1,
    result,
    cause: causes[result],
    parts: {},
    ...overrides,
  };
}

export function imageParts(digit: string): Entry['parts'] {
  const digest = `sha256:${digit.repeat(64)}`;
  return {
    images: [
      {
        name: 'shop',
        digest,
        reference: `registry.example.com/octo/shop@${digest}`,
        tags: ['develop'],
        key: digit.repeat(64),
        platforms: [{ platform: 'linux/amd64', compressed: 12_300_000, uncompressed: 45_600_000 }],
        reusedFrom: null,
      },
    ],
    timings: [{ stage: 'images', leg: 'shop', step: 'build', seconds: 12.34 }],
  };
}

export const deploymentParts: Entry['parts'] = {
  deployments: [
    {
      target: 'web',
      environment: 'integration',
      service: 'web',
      image: 'shop',
      digest: `sha256:${'1'.repeat(64)}`,
      replaced: null,
      instances: 2,
      outcome: 'deployed',
      url: null,
    },
  ],
};

/** The zip that an upload of one file makes; fflate is kit's, which unpacks it. */
export function zipOf(name: string, value: unknown): Uint8Array {
  const require = createRequire(new URL('../../kit/package.json', import.meta.url));
  const { zipSync } = require('fflate') as { zipSync(files: Record<string, Uint8Array>): Uint8Array };
  return zipSync({ [name]: new TextEncoder().encode(canonicalJson(value)) });
}

/** Answers the run's list of artifacts with these entries; ids count from 1. */
export function offerEntries(github: TestGitHub, entries: readonly Entry[]): void {
  const artifacts = entries.map((entry, index) => {
    github.addArtifact(index + 1, zipOf('entry.json', entry));
    return { id: index + 1, name: entryArtifactName(entry.stage, entry.leg, entry.attempt), expired: false };
  });
  github.on('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', { artifacts });
}

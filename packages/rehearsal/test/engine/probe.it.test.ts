// The probe, asked here: the double gives the answers that docs/rehearsal.md says it gives.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobState } from '../../src/model.js';
import { type DeliveryHost, openDeliveryHost } from '../support/delivery-host.js';
import { repository } from '../support/rehearsal.js';

const workflow = (name: string): string =>
  readFileSync(new URL(`../../../../.github/workflows/${name}`, import.meta.url), 'utf8');

const missing = ['curl', 'jq'].filter((program) => spawnSync(program, ['--version']).status !== 0);
if (missing.length > 0) process.stderr.write(`skipped: ${missing.join(', ')} is not installed here\n`);

const environment = { PROBE_PLACEHOLDER: '{"from": "environment"}', PROBE_OWN: 'of the environment' };

function answersOf(jobs: readonly JobState[]): Readonly<Record<string, string>> {
  const rows = jobs.flatMap(({ summary }) => [...summary.matchAll(/^\| ([a-z][a-z-]+) \| (.*) \|$/gmu)]);
  return Object.fromEntries(
    rows.filter(([, name]) => name !== 'question').map(([, name, value]) => [name, value]),
  );
}

describe('the probe', () => {
  let delivery: DeliveryHost;
  beforeEach(async () => {
    delivery = await openDeliveryHost({
      secrets: { PROBE_PLACEHOLDER: '{}' },
      environments: { probe: { variables: {}, secrets: environment, branches: ['master'] } },
    });
  });
  afterEach(() => delivery.close());

  (missing.length > 0 ? it.skip : it)(
    'is answered as documented, by two attempts of the run it parks',
    async () => {
      const { host, engine } = delivery;
      await delivery.push({
        '.github/workflows/.probe.yml': workflow('.probe.yml'),
        '.github/workflows/.probe-callee.yml': workflow('.probe-callee.yml'),
      });
      const ann = host.person('ann', { role: 'admin' });
      await ann.dispatch({ repository, workflow: '.probe.yml', ref: 'master' });
      await delivery.started();
      await engine.idle();
      const [asked, parked] = await delivery.started();

      expect(asked?.jobs.filter(({ conclusion }) => conclusion === 'failure')).toEqual([]);
      expect(asked?.conclusion).toBe('success');
      expect(answersOf(asked?.jobs ?? [])).toEqual({
        'callee-skipped': 'skipped',
        'secret-placeholder': 'environment',
        'secret-not-passed': 'absent',
        'queue-max': 'success',
        'run-name': 'probe (ask)',
        'referenced-workflows': `${repository}/.github/workflows/.probe-callee.yml@refs/heads/master from refs/heads/master`,
        'rules-of-no-branch': '200',
        'deployment-false': '0 deployments',
        'environment-with-slash': '1 found, inactive',
        'conditional-request': '304, 0 charged',
        'comment-app': 'Bot, github-actions',
        // Times have whole seconds; whether one ends between the two requests is chance.
        'comment-edited-at-once': expect.stringMatching(/^(?:the same|another) time$/),
        'rerun-by-job': 'success by github-actions[bot], then github-actions[bot]',
        'artifacts-of-attempts': 'with digest',
        'jobs-of-attempt': 'park of attempt 2',
      });
      expect(answersOf(parked?.jobs ?? [])).toEqual({
        'output-kept': 'of attempt 1',
        'artifact-of-former-attempt': 'failure',
        'artifact-name-again': 'failure',
        actors: 'github-actions[bot], then github-actions[bot]',
      });
      expect(host.violations).toEqual([]);
    },
  );
});

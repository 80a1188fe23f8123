// No job sees a secret of another group: read from the workflow files, and looked at from inside every step of a run.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { decisionOutputs } from '../packages/git-flow/src/decide.js';
import type { RunState } from '../packages/rehearsal/src/model.js';
import { decideFor } from './decided.js';
import { everything } from './everything.js';
import { openProbedHost, type Probe, type ProbedHost } from './probes.js';
import { groups, groupsOf, groupsOfJob, groupsOfStep, groupsOfWorkflow } from './secret-groups.js';
import { allJobs, callable, calledBy, delivery, type Job, type Step } from './workflow-tree.js';

const reference = (group: string): string => `\${{ secrets.${group} }}`;
const inputOf = (group: string): string => group.toLowerCase().replace('_', '-');

/** Inputs of a step that name a secret. */
function secretInputs({ with: inputs = {} }: Step): readonly (readonly [string, unknown])[] {
  return Object.entries(inputs).filter(([, value]) => /secrets/.test(String(value)));
}

/** Everything of a job that names a secret, besides the inputs and the call that are looked at by themselves. */
function strayReferences({ secrets: _, steps = [], ...rest }: Job): string {
  const bare = steps.map(({ with: inputs = {}, ...step }) => ({
    ...step,
    with: Object.fromEntries(
      Object.entries(inputs).filter(([, value]) => !/^\$\{\{ secrets\.[A-Z_]+ \}\}$/.test(String(value))),
    ),
  }));
  return JSON.stringify([rest, bare]);
}

describe('the secrets of the workflows', () => {
  it('reach a step under its own input, and only those of its own group', () => {
    const handed = allJobs().flatMap(([where, { steps = [] }]) =>
      steps.map((step) => [where, step.name, secretInputs(step), groupsOfStep(step)] as const),
    );

    expect(handed.filter(([, , inputs]) => inputs.length > 0).length).toBeGreaterThan(8);
    for (const [where, name, inputs, own] of handed) {
      const expected = own.map((group) => [inputOf(group), reference(group)]);
      expect([where, name, Object.fromEntries(inputs)]).toEqual([where, name, Object.fromEntries(expected)]);
    }
  });

  it('are named nowhere else in a job: not in an expression, an environment variable or a script', () => {
    for (const [where, job] of allJobs())
      expect([where, strayReferences(job)]).toEqual([
        where,
        expect.not.stringMatching(/secrets(?:\.|\[|\))/),
      ]);
  });

  it('are of one group in a job, but for the tag, which is on the images too', () => {
    const mixed = allJobs().filter(([, job]) => groupsOfJob(job).length > 1);

    expect(mixed.map(([where]) => where)).toEqual(['finish / tag']);
  });

  it('are none of decide’s, nor of any job that only collects or judges', () => {
    const none = ['decide', 'evidence', 'collect', 'record', 'release', 'result'];

    for (const id of none)
      expect(JSON.stringify(callable.get('git-flow')?.jobs[id])).not.toContain('secrets.');
  });

  it('are passed by name at each hop, those that are needed below and no others, never inherited', () => {
    const calls = [...allJobs(), ...Object.entries(delivery.jobs)].filter(
      ([, job]) => job.uses !== undefined,
    );

    expect(calls.length).toBeGreaterThan(6);
    for (const [where, job] of calls) {
      const called = calledBy(job);
      const needed = called === null ? [] : groupsOfWorkflow(called);
      const expected = Object.fromEntries(needed.map((group) => [group, reference(group)]));
      expect([where, job.secrets ?? {}]).toEqual([where, expected]);
    }
  });

  it('are declared by each workflow as it needs them, and required by none', () => {
    for (const workflow of callable.values()) {
      const needed = groupsOfWorkflow(workflow);
      const expected = Object.fromEntries(
        needed.map((group) => [group, expect.objectContaining({ required: false })]),
      );
      expect([workflow.name, workflow.secrets]).toEqual([workflow.name, expected]);
    }
  });
});

const marker = (group: string, where: string): string => `marker-of-${group}-in-${where};`;
const all = (where: string): Readonly<Record<string, string>> =>
  Object.fromEntries(groups.map((group) => [group, marker(group, where)]));
const environments = ['integration', 'integration-plan', 'pull-request-plan', 'preview'];
const settings = {
  secrets: all('repository'),
  environments: Object.fromEntries(
    environments.map((name) => [name, { variables: {}, secrets: all(name), branches: [] }]),
  ),
};

describe('from inside a run of every job', () => {
  let host: ProbedHost;
  let run: RunState;
  let probes: readonly Probe[];

  beforeAll(async () => {
    const release = { event: { kind: 'push', branch: 'rel/1.3.0' }, ref: 'refs/heads/rel/1.3.0' } as const;
    const decision = decideFor();
    const file = { 'record-file': '@file', 'record-digest': 'sha256:x', 'record-artifact-name': '@name' };
    const entry = { 'entry-file': '@file', 'leg-id': '@name' };
    host = await openProbedHost(
      {
        // Everything at once: the workflows route on these alone.
        'git-flow decide': {
          ...decisionOutputs(decision),
          'machine-images': JSON.stringify(decideFor({ facts: release }).machineImages),
          'shown-plans': JSON.stringify(decision.plans),
          evidence: 'promote',
          promote: 'true',
          forecast: 'true',
          version: '1.3.0',
          'branch-kind': 'release',
          preview: JSON.stringify({ runner: ['ubuntu-24.04'], settings: { mode: 'preview' } }),
        },
        'git-flow evidence': { ...file, version: '1.3.0', notices: '[]' },
        'git-flow collect': { ...file, subject: `sha256:${'0'.repeat(64)}`, result: 'success' },
        'git-flow': entry,
        'docker-multistage-build': entry,
        'packer-image': entry,
        'terraform-plan-apply': { ...entry, 'sealed-plan': '@file', 'plan-artifact-name': '@name' },
        'approval-gate': {
          ...entry,
          asked: 'true',
          url: 'https://example.com',
          deadline: '2026-01-01T00:00:00Z',
        },
        'rolling-deploy': entry,
        notify: entry,
      },
      settings,
    );
    run = await host.run();
    await host.engine.finished(run.id);
    probes = host.probes();
  }, 180_000);
  afterAll(() => host.close());

  it('every job of the tree has run', () => {
    const ran = new Set(
      run.jobs.filter(({ steps }) => steps.length > 0).map(({ name }) => name.replace(/ \(.*\)$/, '')),
    );
    const failed = run.jobs
      .filter(({ conclusion }) => conclusion === 'failure')
      .map(({ name, log }) => `${name}\n${log}`);
    const expected = allJobs()
      .filter(([where, job]) => job.steps !== undefined && !where.startsWith('resume'))
      // One run shows a preview or takes it away, which stands below.
      .filter(([where]) => !where.startsWith('preview / down'))
      .map(([where]) => where.split(' / ')[1] ?? '');

    expect(failed).toEqual([]);
    expect([run.problem, run.conclusion]).toEqual([undefined, 'success']);
    const names = [...ran].map((name) => name.split(' / ').at(-1) ?? '');
    expect(expected.filter((id) => !names.some((name) => name === id || id.startsWith(`${name}-`)))).toEqual(
      [],
    );
  });

  it('no step can read a secret of another group, whatever place holds it', () => {
    expect(probes.length).toBeGreaterThan(25);
    for (const { action, mode, seen } of probes) {
      const reachable = groups.filter((group) => seen.includes(`marker-of-${group}`));
      expect([action, mode, reachable]).toEqual([action, mode, groupsOf(action, mode)]);
    }
  });

  it('a job of an environment reads that environment’s, and no other’s', () => {
    const deploys = probes.filter(({ env }) => (env['INPUT_DEPLOY-SECRETS'] ?? '') !== '');
    const places = new Set(deploys.map(({ env }) => env['INPUT_DEPLOY-SECRETS']));

    expect(places).toEqual(new Set(environments.map((name) => marker('DEPLOY_SECRETS', name))));
    for (const { action, mode, seen } of deploys) {
      const read = environments.filter((name) => seen.includes(marker('DEPLOY_SECRETS', name)));
      expect([action, mode, read]).toEqual([action, mode, [expect.any(String)]]);
    }
  });
});

describe('from inside a run that takes previews away', () => {
  const pull = { kind: 'pull-request', number: 7, head: 'topic/a', base: 'trunk', closed: true } as const;
  const byItself = everything.replace(/ {2}transport: ssh\n {2}ssh: \{host: previews.*\n/, '');
  let host: ProbedHost | null = null;
  afterEach(async () => {
    await host?.close();
    host = null;
  });

  /** What the steps of rolling-deploy were given as deploy-secrets, and the run. */
  async function given(text: string, untrusted: string | null): Promise<readonly [RunState, Set<unknown>]> {
    const facts = { eventName: 'pull_request', event: { ...pull, untrusted } };
    host = await openProbedHost({ 'git-flow decide': decisionOutputs(decideFor({ text, facts })) }, settings);
    const run = await host.run();
    await host.engine.finished(run.id);
    const steps = host.probes().filter(({ action }) => action === 'rolling-deploy');
    return [run, new Set(steps.map(({ env }) => env['INPUT_DEPLOY-SECRETS'] ?? ''))];
  }

  it.each([
    ['a host by ssh opens to the key of the environment preview', everything, null, 'down by ssh', true],
    ['the runner’s own machine needs none', byItself, null, 'down', false],
    ['nothing runs for a fork', everything, 'it is a fork', null, false],
  ] as const)(
    '%s',
    async (_, text, untrusted, job, hasSecret) => {
      const [run, secrets] = await given(text, untrusted);

      const ran = run.jobs.filter(({ name, steps }) => name.includes('preview / ') && steps.length > 0);
      expect(ran.map(({ name, conclusion }) => [name.split(' / ').at(-1), conclusion])).toEqual(
        job === null ? [] : [[job, 'success']],
      );
      const expected = hasSecret ? [marker('DEPLOY_SECRETS', 'preview')] : [''];
      expect([...secrets]).toEqual(job === null ? [] : expected);
    },
    120_000,
  );
});

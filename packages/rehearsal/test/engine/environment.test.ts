// Environments, secrets by name, inputs with types, concurrency of jobs.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { conclusions, createRehearsal, jobNamed, type Rehearsal } from '../support/rehearsal.js';

const callee = `on:
  workflow_call:
    inputs:
      count: { type: number, default: 3 }
      flag: { type: boolean, required: true }
      text: { type: string, default: "of \${{ github.repository }}" }
    secrets: { PASSED: {}, EMPTY: {} }
jobs:
  deploy:
    environment: { name: "\${{ inputs.flag && 'production' || 'integration' }}", url: "https://example.test" }
    runs-on: x
    steps:
      - env: { SECRETS: "\${{ toJSON(secrets) }}", INPUTS: "\${{ toJSON(inputs) }}", VARS: "\${{ vars.WHERE }}" }
        run: |
          echo "inputs $INPUTS" | tr -d ' \\n'; echo
          node -e 'console.log("names", Object.keys(JSON.parse(process.env.SECRETS)).sort().join())'
          echo "vars $VARS"
          test "\${{ secrets.PASSED }}" = from-environment
`;

describe('a job with an environment in a called workflow', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await createRehearsal({
      settings: {
        secrets: { PASSED: 'from-repository', OTHER: 'other-value' },
        variables: { WHERE: 'repository' },
        environments: {
          integration: {
            variables: { WHERE: 'integration' },
            secrets: { PASSED: 'from-environment', OWN: 'own-value' },
            branches: ['develop'],
          },
          production: { variables: {}, secrets: {}, branches: ['master'] },
        },
      },
    });
  });
  afterEach(() => rehearsal.close());

  const caller = (flag: string): Record<string, string> => ({
    '.github/workflows/callee.yml': callee,
    '.github/workflows/x.yml': `on: push
jobs:
  call:
    uses: ./.github/workflows/callee.yml
    with: { flag: "\${{ ${flag} }}" }
    secrets: { PASSED: "\${{ secrets.PASSED }}", EMPTY: "\${{ secrets.NONE }}" }
`,
  });

  it('sees only passed names, with the values of the environment', async () => {
    const run = await rehearsal.push(caller('false'));
    const job = jobNamed(run, 'call / deploy');

    expect(job.log).toContain('inputs{"count":3,"flag":false,"text":"ofacme/shop"}');
    expect(job.log).toContain('names GITHUB_TOKEN,PASSED');
    expect(job.log).toContain('vars integration');
    expect(job.log).toContain('Environment: https://example.test');
    expect(job.conclusion).toBe('success');
    expect(job.environment).toBe('integration');
    expect(rehearsal.host.deployments).toEqual([['integration', 'success', 'https://example.test']]);
  });

  it('is refused where its branch may not deploy', async () => {
    const run = await rehearsal.push(caller('true'));

    expect(jobNamed(run, 'call / deploy')).toMatchObject({
      conclusion: 'failure',
      environment: 'production',
      steps: [],
    });
    expect(jobNamed(run, 'call / deploy').annotations[0]?.message).toBe(
      'Branch "develop" is not allowed to deploy to production due to environment protection rules.',
    );
  });

  it('fails with the input and its type when a value does not fit', async () => {
    const run = await rehearsal.push(caller("'maybe'"));

    expect(run.problem).toBe(
      '.github/workflows/x.yml:5: Unexpected value "maybe": input flag must be a boolean',
    );
  });
});

describe('who may deploy to an environment', () => {
  const limited = { branches: ['release/**', 'master', 'refs/pull/*/merge'], tags: ['v*'] };

  it.each([
    ['refs/heads/master', limited, 'success'],
    ['refs/heads/release/1.0.0', limited, 'success'],
    ['refs/heads/develop', limited, 'failure'],
    ['refs/pull/7/merge', limited, 'success'],
    ['refs/heads/refs/pull/7/merge', limited, 'failure'],
    ['refs/tags/v1.0.0', limited, 'success'],
    ['refs/tags/master', limited, 'failure'],
    ['refs/tags/master', { branches: ['master'] }, 'failure'],
    ['refs/tags/master', { branches: [] }, 'success'],
  ])('%s where %j are allowed: %s', async (ref, rules, conclusion) => {
    const plan = { variables: {}, secrets: {}, ...rules };
    const rehearsal = await createRehearsal({ settings: { environments: { 'staging-plan': plan } } });
    const text = `on: push
jobs: { plan: { environment: { name: staging-plan, deployment: false }, runs-on: x, steps: [{ run: "true" }] } }
`;
    const run = await rehearsal.push({ '.github/workflows/x.yml': text }, { ref });
    await rehearsal.close();

    expect(conclusions(run)).toEqual({ plan: conclusion });
    expect(rehearsal.host.deployments).toEqual([]);
  });
});

describe('concurrency of jobs', () => {
  it('lets one job of a group run at a time and keeps all with queue: max', async () => {
    const rehearsal = await createRehearsal();
    const text = `on: push
jobs:
  legs:
    strategy: { matrix: { n: [1, 2, 3] } }
    concurrency: { group: one, queue: max }
    runs-on: x
    steps:
      - run: mkdir "$HOME/lock" && rmdir "$HOME/lock"
`;
    const run = await rehearsal.push({ '.github/workflows/x.yml': text });
    await rehearsal.close();

    expect(conclusions(run)).toEqual({ 'legs (1)': 'success', 'legs (2)': 'success', 'legs (3)': 'success' });
  });

  it('cancels a job whose caller holds the same group', async () => {
    const rehearsal = await createRehearsal();
    const run = await rehearsal.push({
      '.github/workflows/x.yml':
        'on: push\nconcurrency: same\njobs:\n  call: { uses: ./.github/workflows/y.yml }\n',
      '.github/workflows/y.yml': `on: workflow_call
jobs:
  a: { concurrency: same, runs-on: x, steps: [{ run: "true" }] }
`,
    });
    await rehearsal.close();

    expect(conclusions(run)).toEqual({ 'call / a': 'cancelled' });
    expect(jobNamed(run, 'call / a').annotations[0]?.message).toContain('deadlock');
  });

  it('cancels the older run of a workflow with cancel-in-progress', async () => {
    const started = Promise.withResolvers<void>();
    const rehearsal = await createRehearsal({
      onChange: (_run, job) => {
        if (job?.steps.at(-1)?.status === 'in_progress') started.resolve();
      },
    });
    const text = (command: string): Record<string, string> => ({
      '.github/workflows/x.yml': `on: push
concurrency: { group: "ref-\${{ github.ref }}", cancel-in-progress: true }
jobs:
  a: { runs-on: x, steps: [{ run: ${command} }] }
`,
    });
    const older = await rehearsal.start(text('exec sleep 60'));
    await started.promise;
    const newer = await rehearsal.push(text('"true"'));
    await rehearsal.engine.finished(older.id);
    await rehearsal.close();

    expect([older.conclusion, newer.conclusion]).toEqual(['cancelled', 'success']);
  });
});

// What a roll-out may ask outside its target: a Prometheus for numbers, people for an approval. Each loads when it is needed.
import type { Deps } from '@headgate/kit/deps';
import { digestOf } from '@headgate/kit/digest';
import { createRedactor } from '@headgate/kit/secrets';
import { waitsForPeople } from './approvers.js';
import type { Inputs } from './inputs.js';
import type { RolloutDeps } from './rollout-request.js';
import { prometheusToken } from './strategy-inputs.js';

export type RolloutHelp = Pick<RolloutDeps, 'metrics' | 'approvals'>;

/** The same for all hosts. */
export async function helpFor(inputs: Inputs, deps: Deps): Promise<RolloutHelp> {
  const { strategy } = inputs;
  const place = 'analysis' in strategy ? strategy.analysis.prometheus : null;
  const metrics =
    place === null
      ? {}
      : {
          metrics: (await import('./prometheus.js')).connectPrometheus({
            http: deps.http,
            signal: deps.signal,
            place,
            token: prometheusToken(strategy, inputs.deploySecrets),
            redact: createRedactor(inputs.deploySecrets.values).redact,
          }),
        };
  return { ...metrics, ...(waitsForPeople(strategy) ? { approvals: await approvalsOf(inputs, deps) } : {}) };
}

async function approvalsOf(inputs: Inputs, { context, clock, core, connectGitHub }: Deps) {
  const { openApprovals } = await import('./approval-thread.js');
  const { approvers, githubToken, service, environment, target } = inputs;
  const { runId, runAttempt } = context;
  return openApprovals({
    connect: () => connectGitHub(githubToken),
    clock,
    warn: (message) => core.warning(message),
    log: (line) => core.info(line),
    context,
    approvers,
    subject: `${service} in ${environment}`,
    digitsOf: ({ percent, digest }) =>
      digestOf({ environment, target, service, digest, percent, runId, runAttempt }).slice(-64, -52),
  });
}

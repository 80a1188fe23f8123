// The two waits of a preview: until a service is fit to be looked at, and until one that ends by itself has ended well.
import type { Clock } from '@headgate/kit/clock';
import { askAt } from './docker-host.js';
import { observationOf } from './docker-target.js';
import type { Engine } from './engine.js';
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';
import { noEvidence, noted } from './evidence.js';
import type { PreviewService } from './preview-template.js';
import type { Answer } from './target.js';
import type { Transport } from './transport.js';
import { judgeStart } from './verdict.js';

export interface WaitPlace {
  readonly transport: Transport;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly healthPath: string;
  readonly healthIntervalMs: number;
  readonly healthDeadlineMs: number;
}

/** @throws {DeployError} as the service's start is judged */
export async function waitReady(
  container: Container,
  { port }: PreviewService,
  place: WaitPlace,
): Promise<void> {
  const { clock, signal, healthIntervalMs, healthDeadlineMs } = place;
  const began = clock.now();
  for (;;) {
    const answer = port === null ? silent : await ask(container, place);
    const seen = observationOf(await look(container, place), answer);
    const time = { elapsedMs: clock.now() - began, deadlineMs: healthDeadlineMs };
    const evidence = noted(noEvidence, { what: 'seen', at: clock.now(), seen, isDue: true });
    const verdict = judgeStart(container, evidence, time);
    if (verdict.kind === 'fail') throw new DeployError(verdict);
    if (verdict.kind === 'pass') return;
    await clock.sleep(healthIntervalMs, signal);
  }
}

/** @throws {DeployError} instance-exited, never-healthy */
export async function waitEnded(container: Container, place: WaitPlace): Promise<void> {
  const { clock, signal, healthIntervalMs, healthDeadlineMs } = place;
  const began = clock.now();
  const { name } = container;
  for (;;) {
    const now = await look(container, place);
    if (now !== null && !now.running && now.exitCode === 0) return;
    if (now === null || !now.running) {
      const how = now === null ? 'is gone' : `ended with code ${now.exitCode}`;
      throw new DeployError({
        code: 'instance-exited',
        message: `${name} was expected to end with code 0, it ${how}`,
        hint: 'Look at its last log lines, in the log and summary of this job.',
      });
    }
    if (clock.now() - began >= healthDeadlineMs) {
      throw new DeployError({
        code: 'never-healthy',
        message: `${name}: others wait for its end, which did not come within ${Math.round(healthDeadlineMs / 1000)} s`,
        hint: 'Raise health-deadline when it only needs longer, or wait for service_started instead.',
      });
    }
    await clock.sleep(healthIntervalMs, signal);
  }
}

const silent: Answer = { ok: true, detail: 'nobody asks it', listens: true };

async function ask({ endpoint }: Container, { transport, healthPath }: WaitPlace): Promise<Answer> {
  return endpoint === null
    ? { ok: false, detail: 'no published port', listens: false }
    : askAt({ transport, healthPath }, endpoint);
}

function look({ id }: Container, { engine }: WaitPlace): Promise<Container | null> {
  return engine.inspect(id);
}

// A strategy stands still at a share of the traffic: for a time, or until somebody lets it go on. The watch goes on too.
import { DeployError } from './errors.js';
import { type Progress, proving, type StrategyTools } from './progress.js';
import type { Judge } from './settling.js';
import type { Canary } from './strategy.js';
import type { Pause } from './strategy-steps.js';
import type { Instance } from './target.js';

export interface PauseQuestion {
  /** 0 to 100 of the requests. */
  readonly percent: number;
  /** What is to go on: `sha256:…`. */
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** What is known until now, one sentence each. */
  readonly findings: readonly string[];
}

/** Where people are asked whether a deployment goes on. */
export interface Approvals {
  /** Asks once for each share; answers who approved, null while nobody did. @throws {DeployError} not-approved */
  look(question: PauseQuestion): Promise<string | null>;
  /** Nobody is asked any more. Never rejects. */
  close(question: PauseQuestion, outcome: string): Promise<void>;
}

interface Place {
  readonly strategy: Canary;
  readonly percent: number;
  readonly fresh: readonly Instance[];
  /** Goes on judging what the instances answer. */
  readonly guard: Judge;
}

/** @throws {DeployError} not-approved, and whatever condemns an instance meanwhile */
export async function pauseFor(
  pause: Pause,
  { strategy, percent, fresh, guard }: Place,
  { progress, tools }: { readonly progress: Progress; readonly tools: StrategyTools },
): Promise<void> {
  if (pause.kind === 'time') {
    const { forMs } = pause;
    const judge: Judge = async (glance) => (await guard(glance)) || glance.elapsedMs >= forMs;
    return proving(fresh, progress, tools, { kind: 'pause', forMs, judge });
  }
  const { clock, approvals, say } = tools.deps;
  const forMs = strategy.pauseDeadlineMs;
  const findings = progress.analyses.map(({ percent: share, verdict, reason }) => {
    return `at ${share} %: ${verdict}, ${reason}`;
  });
  const { digest } = tools.request;
  const question = { percent, digest, deadline: clock.now() + forMs, findings };
  if (approvals === undefined) throw notApproved(percent, 'nobody can be asked');
  let outcome = 'not needed any more';
  // Beside the watch: a slow answer must not keep anybody from looking after the instances.
  let answer: { readonly who: string | null } | { readonly refusal: unknown } = { who: null };
  let isAsking = false;
  const ask = async (): Promise<void> => {
    isAsking = true;
    answer = await approvals.look(question).then(
      (who) => ({ who }),
      (refusal: unknown) => ({ refusal }),
    );
    isAsking = false;
  };
  try {
    const judge: Judge = async (glance) => {
      await guard(glance);
      if ('refusal' in answer) throw answer.refusal;
      if (answer.who !== null) {
        outcome = `approved by ${answer.who}`;
        say?.(`the pause at ${percent} % was ended: ${outcome}`);
        return true;
      }
      if (!isAsking) void ask();
      if (glance.elapsedMs < forMs) return false;
      throw notApproved(percent, `nobody approved within ${Math.round(forMs / 60_000)} min`);
    };
    await proving(fresh, progress, tools, { kind: 'pause', forMs, judge });
  } catch (error) {
    outcome = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    await approvals.close(question, outcome);
  }
}

export function notApproved(percent: number, reason: string): DeployError {
  return new DeployError({
    code: 'not-approved',
    message: `the pause at ${percent} % ended without an approval: ${reason}`,
    hint: 'Deploy again and approve in time, or raise pause-deadline of the strategy.',
  });
}

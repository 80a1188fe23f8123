// The hooks of one deployment on one host: which of them run at a point, what of them is shown, and what it means when
// one fails. Knows no kind of target: whoever runs them stands behind an interface.
import type { Core } from '@headgate/kit/deps';
import { asHookFailure, hookFailed } from './hook-failure.js';
import type { HookRequest } from './hook-inputs.js';
import { showHook } from './hook-output.js';
import type { HookCalls, HookPoint } from './hooks.js';
import type { Steps } from './steps.js';
import type { Instance } from './target.js';
import type { TestedPart } from './tests.js';

export interface HookRun {
  /** Whom it concerns; null for work that is done once at a point. */
  readonly instance: Instance | null;
  /** All that the point concerns. */
  readonly instances: readonly Instance[];
  /** HEADGATE_… variables: names, digests and addresses, never a secret. */
  readonly facts: ReadonlyMap<string, string>;
  /** Each line as it comes, without secrets: hostile text. */
  readonly onLine: (line: string) => void;
}

export interface HookEnd {
  readonly ok: boolean;
  /** `exit code 0`, `200` … */
  readonly detail: string;
}

/** Runs a hook within its deadline, and leaves nothing of it. */
export type RunHook<H extends HookRequest> = (hook: H, run: HookRun) => Promise<HookEnd>;

export interface HookStageOptions<H extends HookRequest = HookRequest> {
  readonly hooks: readonly H[];
  readonly run: RunHook<H>;
  readonly steps: Steps;
  readonly core: Pick<Core, 'info' | 'startGroup' | 'endGroup'>;
  /** False where logs of other hosts may come between: then it is shown when it has ended. */
  readonly live: boolean;
  readonly facts: Readonly<Record<string, string>>;
  readonly redact: (text: string) => string;
  /** Gets each hook's outcome. */
  readonly parts: TestedPart[];
}

const linesCount = 40;
const detailLimit = 2_000;

export function createHookStage<H extends HookRequest>(options: HookStageOptions<H>): HookCalls {
  const { hooks } = options;
  let begun = false;
  let former: Instance | undefined;
  const at = async (point: HookPoint, instances: readonly Instance[], cause = ''): Promise<void> => {
    for (const hook of hooks.filter((one) => one.point === point)) {
      begun = true;
      await runHook(hook, { instances, cause, former }, options);
    }
  };
  return {
    at: (point, instances) => {
      if (point === 'before-deploy') [former] = instances;
      return at(point, instances);
    },
    rolledBack: async (cause, { instances, undone }) => {
      if (!undone && !begun) return [];
      former ??= instances[0];
      try {
        await at('on-rollback', instances, cause);
        return [];
      } catch (error) {
        return [error instanceof Error ? error.message : String(error)];
      }
    },
  };
}

interface Moment {
  readonly instances: readonly Instance[];
  readonly cause: string;
  /** Of the version that served before; undefined when nothing did. */
  readonly former: Instance | undefined;
}

async function runHook<H extends HookRequest>(
  hook: H,
  moment: Moment,
  options: HookStageOptions<H>,
): Promise<void> {
  const { steps, parts, redact } = options;
  const title = `${hook.point}/${hook.name}`;
  const last: string[] = [];
  const work = async (): Promise<HookEnd> => {
    const end = await forEach(hook, moment, options, (line) => {
      last.push(line);
      if (last.length > linesCount) last.shift();
    });
    if (end.ok) return end;
    throw hookFailed(title, redact(end.detail));
  };
  const note = (ok: boolean, detail: string): void => {
    const outcome = ok ? 'passed' : 'failed';
    const earlier = parts.findIndex(({ test }) => test.name === title);
    // The last word on a hook counts: it runs once a round.
    if (earlier >= 0) parts.splice(earlier, 1);
    const words = ok || last.length === 0 ? detail : `${detail}; last lines:\n${last.slice(-10).join('\n')}`;
    parts.push({
      test: { name: title, stage: 'deploy', outcome, detail: words.slice(0, detailLimit) },
      lines: [...last],
    });
  };
  try {
    const { detail } = await steps.run('hook', title, work, (end) => end.detail);
    note(true, detail);
  } catch (error) {
    const failure = asHookFailure(title, error);
    note(false, redact(failure.message));
    throw failure;
  }
}

/** Work that concerns an instance is done in each; where a point concerns the service, in one that serves. */
async function forEach<H extends HookRequest>(
  hook: H,
  moment: Moment,
  options: HookStageOptions<H>,
  keep: (line: string) => void,
): Promise<HookEnd> {
  const { instances } = moment;
  const own = hook.work.kind === 'command' || (hook.work.kind === 'http' && hook.work.to.startsWith('/'));
  const ofService = ['before-deploy', 'after-deploy', 'on-rollback'].includes(hook.point);
  const among = !own ? [null] : ofService ? instances.slice(0, 1) : instances;
  let end: HookEnd = { ok: true, detail: 'nothing serves, nobody to run it in' };
  for (const instance of among) {
    const facts = factsOf(hook, moment, options.facts);
    end = await showHook(hook, options, keep, (onLine) =>
      options.run(hook, { instance, instances, facts, onLine }),
    );
    if (!end.ok) break;
  }
  return end;
}

function factsOf(
  { point }: HookRequest,
  { instances, cause, former }: Moment,
  facts: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const all = {
    ...facts,
    hook: point,
    instances: instances.map(({ name }) => name).join(' '),
    former_digest: former?.digest ?? '',
    former_revision: former?.revision ?? '',
    cause,
  };
  return new Map(Object.entries(all).map(([key, value]) => [`HEADGATE_${key.toUpperCase()}`, value]));
}

// The load generator's own process: takes a plan over the parent's channel, ends with it.
import { request } from 'node:http';
import { type Load, type LoadPlan, startLoad } from './load.js';
import type { LoadReport } from './load-tally.js';

/** What the parent sends. */
export type LoadOrder =
  | { readonly start: LoadPlan & { readonly firstAnswerMs: number } }
  | { readonly mark: true }
  | { readonly stop: true };
/** What the child sends: started once the service answered, then reports, the last one final. */
export type LoadNews =
  | { readonly started: true }
  | { readonly report: LoadReport; readonly final: boolean }
  | { readonly failure: string };

export interface LoadChannel {
  send(news: LoadNews): void;
  onOrder(listener: (order: LoadOrder) => void): void;
  onClosed(listener: () => void): void;
}

const reportEveryMs = 500;
const askEveryMs = 50;

/** Serves one parent; resolves after the final report, or as soon as the parent is gone. */
export function serveLoad(channel: LoadChannel): Promise<void> {
  return new Promise((resolve) => {
    let load: Load | null = null;
    let closed = false;
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      closed = true;
      clearInterval(timer);
      resolve();
    };
    const begin = async (plan: LoadPlan & { firstAnswerMs: number }): Promise<void> => {
      if (!(await answersWithin(plan, () => closed))) {
        channel.send({
          failure: `${plan.targets.join(' and ')} did not answer with 2xx within ${plan.firstAnswerMs} ms`,
        });
        return;
      }
      load = startLoad(plan);
      timer = setInterval(
        () => load !== null && channel.send({ report: load.report(), final: false }),
        reportEveryMs,
      );
      channel.send({ started: true });
    };
    const finish = async (): Promise<void> => {
      clearInterval(timer);
      if (load !== null) channel.send({ report: await load.stop(), final: true });
      else channel.send({ failure: 'it was stopped before the service had answered' });
      end();
    };
    channel.onClosed(end);
    channel.onOrder((order) => {
      if ('mark' in order) load?.mark();
      else void ('start' in order ? begin(order.start) : finish());
    });
  });
}

/** Asks the first request until every host has answered it well: load begins with a service, not before. */
async function answersWithin(
  plan: LoadPlan & { firstAnswerMs: number },
  stopped: () => boolean,
): Promise<boolean> {
  const deadline = Date.now() + plan.firstAnswerMs;
  const silent: string[] = [...plan.targets];
  while (Date.now() < deadline && !stopped()) {
    const [target] = silent;
    if (target === undefined) return true;
    if (await answersWell(target, plan, deadline - Date.now())) silent.shift();
    else await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
  return false;
}

/** A slow service may take as long here as it may under load. */
function answersWell(target: string, plan: LoadPlan, remainingMs: number): Promise<boolean> {
  const path = plan.requests[0]?.path ?? '/';
  const timeout = Math.max(1, Math.min(plan.timeoutMs, remainingMs));
  return new Promise((resolve) => {
    const asked = request(`${target}${path}`, { timeout }, (response) => {
      response.resume();
      response.once('close', () => resolve((response.statusCode ?? 500) < 300));
    });
    asked.once('timeout', () => asked.destroy(new Error('timeout')));
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

// What an engine answers and tells about one container over time, in its own formats, and the judge fed with it.
import { observationOf } from '../src/docker-target.js';
import { parseContainer } from '../src/engine-answers.js';
import { parseEvent } from '../src/engine-events.js';
import { type Note, noEvidence, noted } from '../src/evidence.js';
import type { Answer } from '../src/target.js';
import { judgeStart, judgeTraffic, type Verdict } from '../src/verdict.js';

const id = 'c'.repeat(64);
export const began = Date.UTC(2026, 0, 1);
export const good: Answer = { ok: true, detail: '200', listens: true };
export const refused: Answer = { ok: false, detail: 'connect ECONNREFUSED', listens: false };
export const busy: Answer = { ok: false, detail: '503', listens: true };

/** One line of `GET /events`, `ms` after the start. */
export function told(ms: number, action: string, exitCode?: number): Note {
  const attributes = exitCode === undefined ? {} : { exitCode: String(exitCode) };
  const event = parseEvent(
    JSON.stringify({
      Type: 'container',
      Action: action,
      Actor: { ID: id, Attributes: { name: 'web-1', ...attributes } },
      scope: 'local',
      time: Math.floor((began + ms) / 1000),
      timeNano: (began + ms) * 1e6,
    }),
  );
  if (event === null) throw new Error(`${action} is not heard`);
  return event;
}

export interface Shown {
  readonly state?: Readonly<Record<string, unknown>>;
  readonly health?: { readonly status: string; readonly exitCode?: number; readonly output?: string };
  readonly restarts?: number;
  /** Milliseconds after the beginning. */
  readonly startedAt?: number;
  readonly answer?: Answer;
}

/** `GET /containers/{id}/json` and the health path, `ms` after the start. */
export function seen(ms: number, { state, health, restarts = 0, startedAt = 0, answer = good }: Shown): Note {
  const log =
    health?.exitCode === undefined ? [] : [{ ExitCode: health.exitCode, Output: health.output ?? '' }];
  const container = parseContainer({
    Id: id,
    Name: '/web-1',
    RestartCount: restarts,
    State: {
      Running: true,
      Restarting: false,
      OOMKilled: false,
      ExitCode: 0,
      StartedAt: new Date(began + startedAt).toISOString(),
      ...state,
      ...(health === undefined ? {} : { Health: { Status: health.status, Log: log } }),
    },
  });
  return { what: 'seen', at: began + ms, seen: observationOf(container, answer), isDue: true };
}

export const gone = (exitCode: number, more = {}): Shown => ({
  state: { Running: false, ExitCode: exitCode, ...more },
  answer: refused,
});
export const restarting = (exitCode: number, restarts: number, more = {}): Shown => ({
  state: { Running: true, Restarting: true, ExitCode: exitCode, ...more },
  restarts,
  answer: refused,
});

const zero = { responses: 0, errors: 0, sessions: 0 };
const deadlineMs = 60_000;

/** The verdict on all of it, at the moment of the last look. */
export function judgedStart(notes: readonly Note[], lateMs = 0): Verdict {
  const evidence = notes.reduce(noted, noEvidence);
  const elapsedMs = lateMs || evidence.seenAt - began;
  return judgeStart({ name: 'web-1', restarts: 0, since: began }, evidence, { elapsedMs, deadlineMs });
}

export function judgedTraffic(notes: readonly Note[], restarts = 0, since = began): Verdict {
  const evidence = notes.reduce(noted, noEvidence);
  const subject = { name: 'web-1', restarts, since };
  const time = { elapsedMs: evidence.seenAt - began, deadlineMs: 5000 };
  return judgeTraffic(subject, { evidence, own: zero, others: zero }, time);
}

/** The first verdict that is not to wait, as notes come; the last one otherwise. */
export function played(notes: readonly Note[], judge: (notes: readonly Note[]) => Verdict): Verdict {
  const verdicts = notes.map((_, index) => judge(notes.slice(0, index + 1)));
  return (
    verdicts.find(({ kind }) => kind !== 'wait') ?? verdicts.at(-1) ?? { kind: 'wait', reason: 'nothing' }
  );
}

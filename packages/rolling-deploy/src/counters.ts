// Arithmetic with what a router counts.
import type { Counters } from './target.js';

export function add(one: Counters, other: Counters): Counters {
  return {
    responses: one.responses + other.responses,
    errors: one.errors + other.errors,
    sessions: one.sessions + other.sessions,
  };
}

export function difference(after: Counters, before: Counters): Counters {
  // One that was reset meanwhile counts from there.
  const since = (now: number, then: number): number => (now >= then ? now - then : now);
  return {
    responses: since(after.responses, before.responses),
    errors: since(after.errors, before.errors),
    sessions: after.sessions,
  };
}

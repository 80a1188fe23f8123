// The story of git-flow: one mode a call.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { Inputs, InputsOf, Mode } from './inputs.js';

type Run<M extends Mode> = (inputs: InputsOf<M>, deps: Deps) => Promise<ActionResult>;

/** Each mode's module loads when it is asked for, and no other. */
const modes: { readonly [M in Mode]: () => Promise<Run<M>> } = {
  decide: async () => (await import('./decide.js')).decideRun,
  collect: async () => (await import('./collect.js')).collectRun,
  feedback: async () => (await import('./feedback.js')).feedbackRun,
  evidence: async () => (await import('./evidence.js')).evidenceRun,
  'rerun-checks': async () => (await import('./rerun-checks.js')).rerunChecksRun,
  'verify-version': async () => (await import('./verify-version.js')).verifyVersionRun,
  tag: async () => (await import('./tag.js')).tagRun,
  release: async () => (await import('./release.js')).releaseRun,
  'back-merge': async () => (await import('./back-merge.js')).backMergeRun,
  forecast: async () => (await import('./forecast.js')).forecastRun,
  drift: async () => (await import('./drift.js')).driftRun,
  configuration: async () => (await import('./configuration.js')).configurationRun,
  recheck: async () => (await import('./recheck.js')).recheckRun,
};

/** Runs the mode that the inputs name. @throws {ActionError} see the README for the codes. */
export async function run(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  const load = modes[inputs.mode] as () => Promise<Run<Mode>>;
  return (await load())(inputs, deps);
}

// How merging back went, for people and for later jobs.

import type { ActionResult } from '@headgate/kit/action';
import type { Core } from '@headgate/kit/deps';
import type { ActionError } from '@headgate/kit/errors';
import { jsonOutput } from '@headgate/kit/json-output';
import { code, escapeMarkdown, heading, link, table } from '@headgate/kit/summary';
import type { FlowToken } from './app-token.js';
import { lostText } from './back-merge-request.js';
import { conflictTable, type MergeConflict } from './merge-conflict.js';
import type { StandingRequest } from './standing-request.js';

export type BackMergeOutcome =
  | { readonly target: string; readonly outcome: 'up-to-date' | 'merged'; readonly url: string }
  | {
      readonly target: string;
      readonly outcome: 'conflict';
      readonly url: string;
      readonly conflict: MergeConflict;
      readonly lost: StandingRequest | null;
    }
  | {
      readonly target: string;
      readonly outcome: 'pull-request';
      readonly url: string;
      /** The branch's rules refused the push, or others were faster three times. */
      readonly cause: 'protected' | 'raced';
      readonly pusher: FlowToken['owner'];
      /** In the server's words. */
      readonly reason: string;
      readonly lost: StandingRequest | null;
    }
  | {
      readonly target: string;
      readonly outcome: 'failed';
      readonly url: string;
      readonly error: ActionError;
    };

export interface BackMergeReport {
  readonly version: string;
  readonly pusher: FlowToken['owner'];
  readonly core: Pick<Core, 'warning' | 'error' | 'info' | 'appendSummary'>;
}

/** Warns of what somebody must do, writes the summary; the first branch that failed fails the step. */
export async function reportBackMerges(
  outcomes: readonly BackMergeOutcome[],
  { version, pusher, core }: BackMergeReport,
): Promise<ActionResult> {
  for (const outcome of outcomes) {
    const [level, message] = newsOf(outcome, version);
    core[level](message, { title: 'back-merge' });
    if ('lost' in outcome && outcome.lost !== null)
      core.warning(`${outcome.target}: ${lostText(outcome.lost).trim()}`, { title: 'back-merge' });
  }
  await core.appendSummary(`${backMergeSummary(outcomes, version)}${pusherText[pusher]}\n\n`);
  const list = outcomes.map(({ target, outcome, url, ...rest }) => ({
    target,
    outcome,
    url,
    ...('cause' in rest ? { cause: rest.cause } : {}),
  }));
  const outputs = { 'back-merge': jsonOutput(list) };
  const [failed] = outcomes.flatMap((outcome) => (outcome.outcome === 'failed' ? [outcome.error] : []));
  const result = { outputs, entry: { parts: {} } };
  return failed === undefined ? result : { ...result, failure: failed };
}

const pusherText = {
  app: 'Pushed by the App of FLOW_SECRETS.',
  job: "Pushed with the job's own token: no App is in FLOW_SECRETS.",
} as const;

type News = readonly ['info' | 'warning' | 'error', string];

function newsOf(outcome: BackMergeOutcome, version: string): News {
  const { target, url } = outcome;
  const name = `v${version}`;
  switch (outcome.outcome) {
    case 'merged':
      return ['info', `${name} is merged into ${target}: ${url}`];
    case 'up-to-date':
      return ['info', `${target} contains ${name} already`];
    case 'conflict':
      return ['warning', `${name} conflicts with ${target}: resolve it in ${url}`];
    case 'pull-request':
      return ['warning', requestNews(outcome, name)];
    case 'failed':
      return ['error', `${target}: ${outcome.error.message}`];
  }
}

type Requested = Extract<BackMergeOutcome, { readonly outcome: 'pull-request' }>;

function requestNews({ target, url, cause, pusher, reason }: Requested, name: string): string {
  if (cause === 'protected' && pusher === 'job')
    return `${target} is protected, and the job token may not push to it: merge ${url}. ${cure}`;
  return `${name} could not be pushed to ${target} (${reason}): merge ${url}`;
}

const cure =
  'To have it pushed next time, put app-private-key of a GitHub App into the secret FLOW_SECRETS, name the App in app-id, and let it bypass the rules of that branch.';

const words = {
  merged: 'merged and pushed',
  'up-to-date': 'contained it already',
  conflict: 'conflict, see the pull request',
  'pull-request': 'could not be pushed, see the pull request',
  failed: 'failed',
} as const;

/** Markdown; every name in it is escaped. */
export function backMergeSummary(outcomes: readonly BackMergeOutcome[], version: string): string {
  const rows = outcomes.map(({ target, outcome, url }) => [
    code(target),
    words[outcome],
    url === '' ? '' : link(outcome === 'merged' ? 'commit' : 'pull request', url),
  ]);
  const details = outcomes.map((outcome) => {
    if (outcome.outcome === 'conflict') {
      return conflictTable(outcome.conflict, { target: outcome.target, source: `v${version}` });
    }
    return 'reason' in outcome ? `${code(outcome.target)}: ${escapeMarkdown(outcome.reason)}\n\n` : '';
  });
  const head = heading(2, `Back-merge of v${version}`);
  return [head, table(['Branch', 'Outcome', 'Where'], rows), ...details].join('');
}

// Who will push tags and merges back, said when a run begins. No secret is needed to know it: an App has a number.
import type { Decision } from '@headgate/configuration/decision';
import type { Branches } from '@headgate/configuration/schema';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import { isGuarded } from '@headgate/kit/evidence-run';
import type { GitHub } from '@headgate/kit/github';
import type { DecideInputs } from './inputs.js';

/** The repository's variable that `finish.yml` takes the App's number from. */
const appVariable = 'HEADGATE_APP_ID';

export interface PusherQuestion {
  readonly decision: Decision;
  readonly branches: Branches;
  readonly deps: Deps;
}

/** One sentence; null where the run pushes nothing, and brings nothing that will be pushed. */
export async function pusherOf(
  inputs: Pick<DecideInputs, 'githubToken' | 'variables'>,
  { decision, branches, deps }: PusherQuestion,
): Promise<string | null> {
  const { promote, forecast } = decision.finish;
  if (!promote && !forecast) return null;
  const app = inputs.variables.get(appVariable) ?? '';
  if (app !== '') return `Tags and merges back are pushed by the App ${app} (variable ${appVariable}).`;
  const own = `Tags and merges back are pushed with the job's own token, unless FLOW_SECRETS names an App`;
  const { development } = branches;
  switch (await protectionOf(development, inputs.githubToken, deps)) {
    case 'protected':
      return `${own}. ${development} is protected: without an App that may push to it, its merge back becomes a pull request.`;
    case 'open':
      return `${own}. ${development} is open to it; what that token pushes starts no workflow, so this run starts the delivery of ${development}.`;
    case 'unknown':
      return `${own}. Where a branch is protected, its merge back becomes a pull request.`;
  }
}

type Protection = 'protected' | 'open' | 'unknown';

/** Rulesets and classic protection are told by two answers. */
async function protectionOf(branch: string, token: string, deps: Deps): Promise<Protection> {
  try {
    const github = await deps.connectGitHub(token);
    return (await isClassic(github, branch)) || (await isGuarded(github, branch)) ? 'protected' : 'open';
  } catch (error) {
    if (error instanceof ActionError && error.code !== 'cancelled') return 'unknown';
    throw error;
  }
}

async function isClassic(github: GitHub, branch: string): Promise<boolean> {
  const route = 'GET /repos/{owner}/{repo}/branches/{branch}';
  return (await github.request<{ readonly protected?: boolean }>(route, { branch })).data.protected === true;
}

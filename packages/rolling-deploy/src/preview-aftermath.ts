// What the post step does after a preview that was cut off: GitHub hears of it. What was started stays for the next run.
import type { Deps } from '@headgate/kit/deps';
import { existingDeployment, tellingGitHub } from './github-deployment.js';
import type { ModeInputs } from './modes.js';
import { environmentOf } from './preview-identity.js';

/** The deployment and the pull request of the preview that is under way, from the main step to the post step. */
export interface PreviewMark {
  readonly deployment: string;
  readonly number: number;
}

export function writePreviewMark(mark: PreviewMark | null): string {
  return mark === null || mark.deployment === '' ? '' : JSON.stringify(mark);
}

/** Does nothing for a text that is no mark: any step may write into the runner's files. */
export async function reportCutOff(text: string, { githubToken }: ModeInputs, deps: Deps): Promise<void> {
  const mark = readMark(text);
  if (mark === null) return;
  const { context } = deps;
  const request = {
    environment: environmentOf(mark.number),
    ref: context.sha,
    payload: {},
    logUrl: context.runUrl,
    environmentUrl: '',
  };
  const github = tellingGitHub(deps, githubToken);
  const sentence = 'cancelled: the next run completes it, or it goes with its pull request';
  await existingDeployment(mark.deployment, request, github).report('failure', sentence);
}

function readMark(text: string): PreviewMark | null {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return null;
  const { deployment, number }: { deployment?: unknown; number?: unknown } = value;
  if (typeof deployment !== 'string' || !/^\d{1,18}$/.test(deployment)) return null;
  return typeof number === 'number' && Number.isSafeInteger(number) ? { deployment, number } : null;
}

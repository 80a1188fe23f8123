// What is told at the end of a deployment, and out of what.
import type { Deps } from '@headgate/kit/deps';
import type { ActionError } from '@headgate/kit/errors';
import type { RecordParts } from '@headgate/kit/record-parts';
import { createRedactor } from '@headgate/kit/secrets';
import type { GitHubDeployment } from './github-deployment.js';
import type { ImageReference } from './image.js';
import type { Inputs } from './inputs.js';
import type { Places } from './places.js';
import type { ReportContext } from './report.js';
import type { Tested } from './tests.js';

export interface Conclusion {
  readonly inputs: Inputs;
  readonly image: ImageReference;
  readonly deps: Deps;
  readonly places: Places;
  readonly deployment: GitHubDeployment;
  readonly tested: Tested;
}

/** What is told at the end, whether of one host or of several. */
export interface Telling {
  readonly sentence: string;
  readonly summary: string;
  readonly notices: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly parts: Partial<RecordParts>;
  readonly failure: ActionError | null;
  /** The summary has cause and cure already. */
  readonly explained: boolean;
}

export function contextOf({ inputs, image }: Conclusion): ReportContext {
  const { leg, target, environment, service, environmentUrl: url } = inputs;
  const { reference, digest } = image;
  const { redact } = createRedactor(inputs.deploySecrets.values);
  return { target, environment, service, image: reference, digest, leg, url, redact };
}

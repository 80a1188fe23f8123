// The story of mode preview: the template read, room made, services started, the address told.
import { randomBytes } from 'node:crypto';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { resolveEnvironmentSecrets } from './environment-secrets.js';
import { asDeployError } from './errors.js';
import { openDeployment, tellingGitHub } from './github-deployment.js';
import { registryOf } from './image.js';
import { writePreviewMark } from './preview-aftermath.js';
import type { Stamp } from './preview-container.js';
import { identityOf, pullRequestOf } from './preview-context.js';
import { closePreview, type PreviewEnd } from './preview-end.js';
import { retireDeployments } from './preview-github.js';
import { type PreviewHost, withPreviewHost } from './preview-host.js';
import { environmentOf, previewLabels, projectOf } from './preview-identity.js';
import { replacementsOf } from './preview-images.js';
import type { PreviewInputs } from './preview-inputs.js';
import { makeRoom, refuseForeign } from './preview-room.js';
import { type Shown, type Stage, startPreview } from './preview-start.js';
import { type PreviewService, readTemplate } from './preview-template.js';
import { type Preview, readPreviews } from './preview-world.js';
import { authFor } from './registry-auth.js';
import { createSteps } from './steps.js';
import { openComposeFile } from './wish.js';

/** @throws {DeployError | InputError} when nothing was begun */
export async function showPreview(inputs: PreviewInputs, deps: Deps): Promise<ActionResult> {
  const { context, clock } = deps;
  const pull = pullRequestOf(context, inputs);
  const identity = identityOf(context, inputs, pull.number);
  const project = projectOf(identity);
  const services = await readTemplate({
    ...(await openComposeFile(inputs.composeFile, deps)),
    project,
    services: await replacementsOf(inputs, deps),
    vars: new Map([...inputs.vars, ['PREVIEW', project], ['PREVIEW_NUMBER', String(identity.number)]]),
  });
  return withPreviewHost(inputs, { owner: identity, deps }, async (host) => {
    const former = await makeRoom(await readPreviews(host.engine, identity), {
      engine: host.engine,
      identity,
      most: inputs.most,
      now: clock.now(),
      stopGraceMs: inputs.stopGrace,
      log: (line) => deps.core.info(line),
    });
    await refuseForeign(host.engine, project, former);
    const stamp = { identity, expiresAt: clock.now() + inputs.ttl, salt: saltOf(former) };
    const place = { ...host, former, services, stamp };
    return announcedPreview({ inputs, deps, head: pull.head, place });
  });
}

interface PreviewPlace extends PreviewHost {
  /** As it is now; null for a first one. */
  readonly former: Preview | null;
  readonly services: readonly PreviewService[];
  readonly stamp: Stamp;
}

interface PreviewStory {
  readonly inputs: PreviewInputs;
  readonly deps: Deps;
  readonly head: string;
  readonly place: PreviewPlace;
}

async function announcedPreview({ inputs, deps, head, place }: PreviewStory): Promise<ActionResult> {
  const { core, context } = deps;
  const { identity } = place.stamp;
  const environment = environmentOf(identity.number);
  const images = Object.fromEntries(
    place.services.map(({ definition, image }) => [definition.service, image]),
  );
  const request = {
    environment,
    ref: head,
    payload: { project: projectOf(identity), images, run: context.runUrl },
    logUrl: context.runUrl,
    environmentUrl: '',
    transient: true,
  };
  const github = tellingGitHub(deps, inputs.githubToken);
  const deployment = await openDeployment(request, github);
  core.saveState('preview', writePreviewMark({ deployment: deployment.id, number: identity.number }));
  await deployment.report('in_progress', `starting ${projectOf(identity)}`);
  const stage = stageOf({ inputs, deps, head, place });
  const end: PreviewEnd = { inputs, deps, stage, deployment, request };
  let shown: readonly Shown[];
  try {
    shown = await startPreview(stage);
  } catch (error) {
    return await closePreview(end, asDeployError(error, 'engine-refused', 'the preview was not started'));
  }
  await retireDeployments(identity.number, { token: inputs.githubToken, except: deployment.id }, deps);
  return await closePreview(end, shown);
}

function stageOf({ inputs, deps, place }: PreviewStory): Stage {
  const { clock, signal, core } = deps;
  const { lock, ...rest } = place;
  const secrets = resolveEnvironmentSecrets(inputs.environmentSecrets, inputs.deploySecrets);
  const chosen = new Set(inputs.services.map(({ name }) => name));
  return {
    ...rest,
    clock,
    signal,
    steps: createSteps({ clock, signal, log: (line) => core.info(line), beat: () => lock.renew() }),
    secretsOf: (service) => (chosen.has(service) ? secrets : new Map()),
    authOf: (image) => authFor(inputs, registryOf(image)),
    bind: inputs.bind,
    healthPath: inputs.healthPath,
    healthIntervalMs: inputs.healthInterval,
    healthDeadlineMs: inputs.healthDeadline,
    stopGraceMs: inputs.stopGrace,
    random: () => randomBytes(4).readUInt32BE() / 0x1_0000_0000,
  };
}

function saltOf(former: Preview | null): string {
  const known = former?.containers.map(({ labels }) => labels.get(previewLabels.salt));
  return known?.find((salt) => salt !== undefined) ?? randomBytes(16).toString('hex');
}

// The legs that must have left an entry at each barrier: those of the decision, and those every environment or release has.
import type { Decision } from '@headgate/configuration/decision';
import { legHash } from '@headgate/kit/record-names';
import type { StageName } from '@headgate/kit/record-parts';
import type { Barrier } from './inputs.js';

export interface WantedLeg {
  readonly stage: StageName;
  readonly name: string;
  /** 12 hex digits. */
  readonly leg: string;
}

/** Which stages a barrier closes. News is sent after the last record, and judged by its job. */
const stagesUntil: Readonly<Record<Barrier, readonly StageName[]>> = {
  images: ['images', 'machine-images'],
  plan: ['images', 'machine-images', 'plan'],
  wait: ['images', 'machine-images', 'plan', 'approval'],
  end: ['images', 'machine-images', 'plan', 'approval', 'deploy', 'finish'],
  result: ['images', 'machine-images', 'plan', 'approval', 'deploy', 'finish', 'notify'],
};

export function closes(barrier: Barrier, stage: StageName): boolean {
  return stagesUntil[barrier].includes(stage);
}

/** In the order of stages. */
export function legsUntil(decision: Decision, barrier: Barrier): readonly WantedLeg[] {
  return wantedLegs(decision).filter(({ stage }) => closes(barrier, stage));
}

function wantedLegs(decision: Decision): readonly WantedLeg[] {
  const { images, machineImages, plans, approval, targets } = decision;
  const bound = plans.length > 0 || approval !== null;
  return [
    ...images,
    ...machineImages,
    // What the environment is made with is bound with the plans, or with what is approved.
    ...(bound ? [wanted('plan', 'configuration')] : []),
    ...plans,
    ...(approval === null ? [] : [approval]),
    ...plans.map(({ name }) => wanted('deploy', appliedName(name))),
    ...targets,
    ...finishNames(decision).map((name) => wanted('finish', name)),
  ].map(({ stage, name, leg }) => ({ stage, name, leg }));
}

/** How the leg that applies a plan is called: a target may have the plan's name. */
export function appliedName(infrastructure: string): string {
  return `infrastructure/${infrastructure}`;
}

function finishNames({ finish }: Decision): readonly string[] {
  return [
    ...(finish.promote ? ['tag', 'back-merge', 'release'] : []),
    ...(finish.forecast ? ['forecast'] : []),
  ];
}

function wanted(stage: StageName, name: string): WantedLeg {
  return { stage, name, leg: legHash(stage, name) };
}

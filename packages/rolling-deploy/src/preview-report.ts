// A preview in words: its addresses, the summary people read, and the parts of the record.
import type { DeploymentPart, TimingPart } from '@headgate/kit/record-parts';
import { code, escapeMarkdown, heading, link, table } from '@headgate/kit/summary';
import { environmentOf, projectOf } from './preview-identity.js';
import type { PreviewInputs } from './preview-inputs.js';
import type { Shown, Stage } from './preview-start.js';

export interface ShownPlace {
  readonly service: string;
  readonly image: string;
  /** '' for a service that nobody looks at. */
  readonly url: string;
}

export function addressOf(
  form: string,
  { stamp: { identity } }: Stage,
  [port, { definition }]: readonly [number, Shown['service']],
): string {
  const values: Readonly<Record<string, string>> = {
    port: String(port),
    number: String(identity.number),
    name: projectOf(identity),
    service: definition.service,
  };
  const address = form === '' ? 'http://127.0.0.1:{port}' : form;
  return address.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}

export function summaryOf(project: string, places: readonly ShownPlace[], until: string): string {
  const rows = places.map(({ service, image, url }) => [
    escapeMarkdown(service),
    url === '' ? 'from its network only' : link(url, url),
    code(image),
  ]);
  return [
    heading(3, `Preview ${project}`),
    table(['Service', 'Address', 'Image'], rows),
    `Goes with the pull request, or on ${code(until)} unless it changes before.\n\n`,
  ].join('');
}

export interface PreviewFacts {
  readonly inputs: PreviewInputs;
  readonly stage: Stage;
  readonly places: readonly ShownPlace[];
  readonly changed: boolean;
}

/** Of the services that run an image of this delivery. */
export function partsOf({ inputs, stage, places, changed }: PreviewFacts): readonly DeploymentPart[] {
  const replaced = new Set(inputs.services.filter(({ image }) => image !== null).map(({ name }) => name));
  return places
    .filter(({ service }) => replaced.has(service))
    .map(({ service, image, url }) => ({
      target: inputs.leg,
      environment: environmentOf(stage.stamp.identity.number),
      service,
      image,
      digest: image.replace(/^.*@/, ''),
      replaced: null,
      instances: 1,
      outcome: changed ? 'deployed' : 'unchanged',
      url: url === '' ? null : url,
    }));
}

export function timingsOf({ steps }: Stage, leg: string): readonly TimingPart[] {
  return steps.records.map(({ kind, subject, seconds }) => {
    return { stage: 'deploy', leg, step: subject === '' ? kind : `${kind} ${subject}`, seconds };
  });
}

// What went where: each image's way from its commit through the environments, by digest; machine images and plans.
import type { DeliveryRecord } from '@headgate/kit/record';
import type { DeploymentPart } from '@headgate/kit/record-parts';
import type { StoryResult } from '../story/result.js';
import { dataTable, digestCode, type Html, html, nothing } from './html.js';

export interface Way {
  readonly image: string;
  readonly digest: string;
  readonly version: string | null;
  /** Commits whose delivery carried this digest, the one that built it first. */
  readonly commits: readonly { readonly commit: string; readonly built: boolean }[];
  readonly stops: readonly Stop[];
}

interface Stop {
  readonly environment: string;
  readonly outcome: DeploymentPart['outcome'];
  /** Instances that still run at the end. */
  readonly running: number;
}

/** One record for each delivery, oldest first: a later step that shows the same run has the fuller one. */
export function recordsOf(result: StoryResult): readonly DeliveryRecord[] {
  const records = result.steps.flatMap(({ record }) => (record === null ? [] : [record]));
  return [
    ...new Map(records.map((record) => [`${record.flow.run.id} ${record.flow.commit}`, record])).values(),
  ];
}

/** The way of each digest, the newest first. */
export function waysOf(result: StoryResult): readonly Way[] {
  const records = recordsOf(result);
  const known = new Map(
    records.flatMap(({ images }) =>
      images.map(({ name, digest }) => [`${name}\n${digest}`, { name, digest }]),
    ),
  );
  return [...known.values()].reverse().map(({ name, digest }) => {
    const carriers = records.filter(({ images }) => images.some((each) => each.digest === digest));
    return {
      image: name,
      digest,
      version: carriers.findLast(({ flow }) => flow.version !== null)?.flow.version ?? null,
      commits: carriers.map(({ flow, images }) => ({
        commit: flow.commit,
        built: images.some((each) => each.digest === digest && each.reusedFrom === null),
      })),
      stops: stopsOf(digest, carriers, result),
    };
  });
}

function stopsOf(digest: string, carriers: readonly DeliveryRecord[], result: StoryResult): readonly Stop[] {
  const parts = carriers.flatMap(({ deployments }) => deployments.filter((part) => part.digest === digest));
  const newest = new Map(parts.map((part) => [`${part.environment}\n${part.target}`, part]));
  return [...newest.values()].map(({ environment, outcome }) => {
    const here = result.running.filter((each) => each.digest === digest && each.environment === environment);
    return { environment, outcome, running: here.reduce((total, { instances }) => total + instances, 0) };
  });
}

export function chain(result: StoryResult): Html {
  const ways = waysOf(result);
  const records = recordsOf(result);
  if (ways.length === 0) return nothing;
  return html`${ways.map(wayLine)}${machineImages(records)}${plans(records)}`;
}

function wayLine({ image, digest, version, commits, stops }: Way): Html {
  const from = commits.map(
    ({ commit, built }) =>
      html`<li><small>${built ? 'built from commit' : 'carried on by commit'}</small><code title="${commit}">${commit.slice(0, 7)}</code></li>`,
  );
  const to = stops.map(
    (stop) =>
      html`<li class="${isIn(stop) ? 'good' : 'bad'}"><small>${stop.environment}</small>${stop.outcome}${stop.running > 0 ? `, ${stop.running} running` : ''}</li>`,
  );
  return html`<div class="way"><h3>${image}${version === null ? '' : ` ${version}`}</h3>
<ol class="chain">${from}<li class="key"><small>image digest</small>${digestCode(digest)}</li>${to}</ol>
<p class="whole"><code>${digest}</code></p>${sameIn(stops)}</div>\n`;
}

function sameIn(stops: readonly Stop[]): Html {
  const environments = [...new Set(stops.filter(isIn).map(({ environment }) => environment))];
  const last = environments.pop();
  if (last === undefined || environments.length === 0) return nothing;
  return html`<p class="good">The same digest in ${environments.join(', ')} and ${last}</p>`;
}

function isIn({ outcome }: Stop): boolean {
  return outcome === 'deployed' || outcome === 'unchanged';
}

function machineImages(records: readonly DeliveryRecord[]): Html {
  const parts = records.flatMap(({ machineImages: made }) => made);
  const once = [
    ...new Map(parts.map((part) => [`${part.builder}\n${part.region}\n${part.id}`, part])).values(),
  ];
  if (once.length === 0) return nothing;
  const columns = [{ title: 'template' }, { title: 'builder' }, { title: 'region' }, { title: 'id' }];
  const rows = once.map(({ template, builder, region, id }) => [
    template,
    builder,
    region || '–',
    digestCode(id),
  ]);
  return html`<h3>Machine images</h3>${dataTable(columns, rows)}`;
}

function plans(records: readonly DeliveryRecord[]): Html {
  const parts = records.flatMap(({ plans: made }) => made);
  const once = [
    ...new Map(
      parts.map((part) => [`${part.environment}\n${part.workspace}\n${part.fileDigest}`, part]),
    ).values(),
  ];
  if (once.length === 0) return nothing;
  const columns = [
    { title: 'environment' },
    { title: 'directory' },
    { title: 'add', right: true },
    { title: 'change', right: true },
    { title: 'destroy', right: true },
    { title: 'plan file' },
    { title: 'outcome' },
  ];
  const rows = once.map((part) => [
    part.environment,
    `${part.directory} (${part.workspace})`,
    part.add,
    part.change,
    part.destroy,
    digestCode(part.fileDigest),
    part.outcome,
  ]);
  return html`<h3>Infrastructure</h3>${dataTable(columns, rows)}`;
}

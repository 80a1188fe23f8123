// What a delivery record holds, as tables for people; every name in them is escaped.
import type { DeliveryRecord } from '@headgate/kit/record';
import { code, escapeMarkdown, link, table } from '@headgate/kit/summary';

/** One table for each kind of thing that is there. */
export function recordTables(record: DeliveryRecord): string {
  return [
    imageTable(record),
    machineImageTable(record),
    planTable(record),
    approvalTable(record),
    deploymentTable(record),
    testTable(record),
  ].join('');
}

function imageTable({ images }: DeliveryRecord): string {
  if (images.length === 0) return '';
  const rows = images.map((image) => [
    code(image.name),
    code(image.digest),
    image.platforms
      .map(({ platform, compressed }) => `${code(platform)} ${megabytes(compressed)}`)
      .join(', '),
    image.platforms.map(({ uncompressed }) => megabytes(uncompressed)).join(', '),
    image.reference === null ? 'not published' : image.tags.map(code).join(' '),
    image.reusedFrom === null ? 'built here' : link('an earlier run', image.reusedFrom),
  ]);
  return table(['Image', 'Digest', 'Compressed', 'Unpacked', 'Tags', 'Origin'], rows);
}

function machineImageTable({ machineImages }: DeliveryRecord): string {
  if (machineImages.length === 0) return '';
  const rows = machineImages.map(({ template, builder, region, id }) => [
    code(template),
    code(builder),
    region === '' ? '' : code(region),
    code(id),
  ]);
  return table(['Machine image', 'Builder', 'Region', 'Id'], rows);
}

function planTable({ plans }: DeliveryRecord): string {
  if (plans.length === 0) return '';
  const rows = plans.map(({ environment, directory, workspace, outcome, add, change, destroy }) => [
    code(environment),
    code(directory),
    code(workspace),
    outcome,
    `${add} to add, ${change} to change, ${destroy} to destroy`,
  ]);
  return table(['Environment', 'Directory', 'Workspace', 'Outcome', 'Changes'], rows);
}

function approvalTable({ approvals }: DeliveryRecord): string {
  if (approvals.length === 0) return '';
  const rows = approvals.map(({ environment, decision, url, subject, approvers }) => [
    code(environment),
    link(decision, url),
    code(subject.slice(0, 19)),
    approvers.map(({ login, group }) => `${escapeMarkdown(login)} (${escapeMarkdown(group)})`).join(', '),
  ]);
  return table(['Approval', 'Decision', 'Subject', 'By'], rows);
}

function testTable({ tests }: DeliveryRecord): string {
  if (tests.length === 0) return '';
  const rows = tests.map(({ name, stage, outcome, detail }) => [
    code(name),
    code(stage),
    outcome,
    escapeMarkdown(detail.slice(0, 200)),
  ]);
  return table(['Test', 'Stage', 'Outcome', 'Detail'], rows);
}

function deploymentTable({ deployments }: DeliveryRecord): string {
  if (deployments.length === 0) return '';
  const rows = deployments.map(({ environment, target, outcome, digest, replaced, instances, url }) => {
    const isNew = outcome === 'deployed' || outcome === 'unchanged';
    const serves = isNew ? digest : instances > 0 ? replaced : null;
    return [
      url === null ? code(environment) : link(environment, url),
      code(target),
      outcome,
      code(digest),
      serves === null ? 'nothing' : code(serves),
      String(instances),
    ];
  });
  return table(['Environment', 'Target', 'Outcome', 'Asked for', 'Serves now', 'Instances'], rows);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

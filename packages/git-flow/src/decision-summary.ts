// The decision for people: what this run does and why, as the job summary.
import type { Decision, Leg, Preview } from '@headgate/configuration/decision';
import { code, escapeMarkdown, heading, link, table } from '@headgate/kit/summary';

/** Markdown; every name in it is escaped. `pusher`: who will push, one sentence; null where nobody does. */
export function decisionSummary(decision: Decision, pusher: string | null = null): string {
  const parts = [heading(2, titleOf(decision)), subjectOf(decision)];
  const stages = decision.stages.map(({ stage, expected, reason }) => [
    code(stage),
    expected ? 'runs' : 'does not run',
    escapeMarkdown(reason),
  ]);
  parts.push(table(['Stage', '', 'Why'], stages));
  if (decision.images.length > 0) parts.push(imageTable(decision.images));
  if (decision.machineImages.length > 0) parts.push(machineImageTable(decision.machineImages));
  if (decision.environment !== null) parts.push(environmentOf(decision));
  if (decision.plans.length > 0) parts.push(planTable(decision.plans));
  if (decision.approval !== null) parts.push(approvalTable(decision.approval));
  if (decision.targets.length > 0) parts.push(targetTable(decision));
  if (decision.preview !== null) parts.push(previewOf(decision.preview));
  if (decision.notices.length > 0) {
    parts.push(`${decision.notices.map((notice) => `- ${escapeMarkdown(notice)}`).join('\n')}\n\n`);
  }
  if (pusher !== null) parts.push(`${escapeMarkdown(pusher)}\n\n`);
  return parts.join('');
}

function titleOf({ nothing, application, branch }: Decision): string {
  return nothing === null ? `${application}: what happens to ${branch}` : `${application}: nothing to do`;
}

function subjectOf({ commit, tree, version }: Decision): string {
  const shown = [`Commit ${code(commit)}`, `tree ${code(tree)}`];
  if (version !== null) shown.push(`version ${code(version)}`);
  return `${shown.join(', ')}\n\n`;
}

function imageTable(images: readonly Leg[]): string {
  const rows = images.map(({ name, settings }) => {
    const tags = [...textsOf(settings['tags']), ...textsOf(settings['moving-tags'])];
    const place = String(settings['image'] ?? '');
    return [code(name), place === '' ? 'not published' : code(place), tags.map(code).join(' ')];
  });
  return table(['Image', 'Published as', 'Tags'], rows);
}

function machineImageTable(legs: readonly Leg[]): string {
  const rows = legs.map(({ name, settings }) => [
    code(name),
    code(String(settings['directory'] ?? '')),
    textsOf(settings['builders']).map(code).join(' '),
  ]);
  return table(['Machine image', 'Directory', 'Builders'], rows);
}

function environmentOf({ environment, environmentUrl, freeze, review }: Decision): string {
  const where = environmentUrl === null ? '' : `: ${link(environmentUrl, environmentUrl)}`;
  const frozen = freeze.map(
    ({ from, until, reason }) =>
      `, frozen from ${code(from)} until ${code(until)} (${escapeMarkdown(reason)})`,
  );
  const reviewed = review === null ? '' : `, reviewed in ${code(review)}`;
  return `Environment ${code(environment ?? '')}${where}${reviewed}${frozen.join('')}\n\n`;
}

function planTable(legs: readonly Leg[]): string {
  const rows = legs.map(({ name, settings }) => [
    code(name),
    code(String(settings['directory'] ?? '')),
    code(String(settings['workspace'] ?? '')),
    String(settings['tool'] ?? ''),
  ]);
  return table(['Infrastructure', 'Directory', 'Workspace', 'Tool'], rows);
}

function approvalTable({ settings }: Leg): string {
  const groups = Object.entries(settings['groups'] ?? {}) as readonly (readonly [
    string,
    { readonly members?: readonly string[]; readonly quorum?: number },
  ])[];
  const rows = groups.map(([name, { members = [], quorum = 1 }]) => [
    code(name),
    String(quorum),
    members.map(code).join(' '),
  ]);
  return table(['Approval by', 'How many', 'Of'], rows);
}

function targetTable({ targets }: Decision): string {
  const rows = targets.map(({ name, settings }) => [
    code(name),
    code(String(settings['image-name'] ?? '')),
    String(settings['instances'] ?? ''),
  ]);
  return table(['Target', 'Image', 'Instances'], rows);
}

function previewOf({ settings, runner }: Preview): string {
  const number = String(settings['pull-request'] ?? '');
  const what =
    settings['mode'] === 'preview'
      ? `shows #${number}`
      : number === ''
        ? 'those that are over go'
        : `that of #${number} goes`;
  const host =
    settings['transport'] === 'ssh' ? [code(String(settings['ssh-host'] ?? ''))] : runner.map(code);
  return `Preview: ${escapeMarkdown(what)}, on ${host.join(' ')}\n\n`;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

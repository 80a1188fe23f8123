// Whether an event starts a workflow.
import type { RaisedEvent } from '../model.js';
import { matchesPatterns } from './pattern.js';
import type { TriggerFilter, WorkflowFile } from './workflow-model.js';

/** Activity types that count when a trigger names none. Source: docs.github.com, "Events that trigger workflows". */
const defaultTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};

type Triggered = Pick<WorkflowFile, 'origin' | 'triggers'>;

/** A value at a path of plain objects. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>(
    (current, key) =>
      typeof current === 'object' && current !== null ? Reflect.get(current, key) : undefined,
    value,
  );
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}

function referenceMatches({ filters }: TriggerFilter, event: RaisedEvent): boolean {
  if (event.name === 'push' && event.ref.startsWith('refs/tags/')) {
    return filtered(filters, 'tags', event.ref.slice('refs/tags/'.length), 'branches');
  }
  if (event.name === 'push')
    return filtered(filters, 'branches', event.ref.slice('refs/heads/'.length), 'tags');
  if (!event.name.startsWith('pull_request')) return true;
  return filtered(filters, 'branches', textAt(event.payload, 'pull_request', 'base', 'ref'), 'tags');
}

/** With only filters of the other kind a reference does not match; without any, all do. */
function filtered(
  filters: TriggerFilter['filters'],
  kind: 'branches' | 'tags',
  name: string,
  other: string,
): boolean {
  const positive = filters[kind];
  const negative = filters[`${kind}-ignore`];
  if (positive !== undefined) return matchesPatterns(positive, name);
  if (negative !== undefined) return !matchesPatterns(negative, name);
  return filters[other] === undefined && filters[`${other}-ignore`] === undefined;
}

function pathsMatch({ filters }: TriggerFilter, event: RaisedEvent, changed: readonly string[]): boolean {
  if (event.ref.startsWith('refs/tags/')) return true;
  const positive = filters['paths'];
  const negative = filters['paths-ignore'];
  if (positive !== undefined) return changed.some((path) => matchesPatterns(positive, path));
  if (negative !== undefined) return changed.some((path) => !matchesPatterns(negative, path));
  return true;
}

/** Whether a trigger looks at the changed paths. */
export function wantsPaths(workflow: Triggered, event: RaisedEvent): boolean {
  return workflow.triggers.some(
    ({ event: name, filters }) =>
      name === event.name && (filters['paths'] !== undefined || filters['paths-ignore'] !== undefined),
  );
}

/** Whether `event` starts `workflow`; `changed` are the paths that the event changed. */
export function isTriggered(workflow: Triggered, event: RaisedEvent, changed: readonly string[]): boolean {
  const trigger = workflow.triggers.find(({ event: name }) => name === event.name);
  if (trigger === undefined) return false;
  if (event.payload['deleted'] === true) return false;
  const types = trigger.filters['types'] ?? defaultTypes[event.name];
  if (types !== undefined && !types.includes(textAt(event.payload, 'action'))) return false;
  const cron = textAt(event.payload, 'schedule');
  if (event.name === 'schedule' && cron !== '') return trigger.filters['cron']?.includes(cron) === true;
  if (event.name === 'workflow_dispatch') {
    const file = textAt(event.payload, 'workflow');
    if (file !== '' && file !== workflow.origin.path && file !== workflow.origin.path.split('/').pop())
      return false;
  }
  return referenceMatches(trigger, event) && pathsMatch(trigger, event, changed);
}

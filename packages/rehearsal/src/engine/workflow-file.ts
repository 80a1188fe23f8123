// Reads one workflow file with GitHub's own parser into the model; every problem with file and line.
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import type { WorkflowTemplate } from '@actions/workflow-parser/model/workflow-template';
import { callContract, readInputs } from './call-contract.js';
import { readJob, readPermissions } from './job-definition.js';
import { problem } from './problem.js';
import { childOf, entriesOf, placeOf, type Template } from './template.js';
import { toTemplate } from './tokens.js';
import type { FileOrigin, TriggerFilter, WorkflowFile } from './workflow-model.js';

/** Throws `workflow-invalid` with all of the parser's findings. */
function refuse(messages: readonly string[]): never {
  throw problem(
    'workflow-invalid',
    messages.join('\n'),
    'Correct the workflow file; actionlint explains most findings.',
  );
}

function eventNames(on: Template | null): readonly string[] {
  if (on?.kind === 'literal') return [String(on.value)];
  if (on?.kind === 'sequence') return on.items.flatMap(eventNames);
  return entriesOf(on).map(([name]) => name);
}

const filterNames = ['branches', 'branches-ignore', 'tags', 'tags-ignore', 'paths', 'paths-ignore', 'types'];

/** Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#onpushbranchestagsbranches-ignoretags-ignore */
const exclusive = [
  ['branches', 'branches-ignore'],
  ['tags', 'tags-ignore'],
  ['paths', 'paths-ignore'],
] as const;

function checkFilters(on: Template | null): void {
  for (const [event, body] of entriesOf(on)) {
    for (const [taken, left] of exclusive) {
      const second = childOf(body, left);
      if (childOf(body, taken) === null || second === null) continue;
      refuse([`${placeOf(second.at)}: \`${event}\` may have one of \`${taken}\` and \`${left}\`, not both`]);
    }
  }
}

function texts(value: Template): readonly string[] {
  if (value.kind === 'sequence') return value.items.flatMap(texts);
  return value.kind === 'literal' ? [String(value.value)] : [];
}

function readTriggers(on: Template | null): readonly TriggerFilter[] {
  return eventNames(on).map((event) => {
    const body = childOf(on, event);
    if (body?.kind === 'sequence')
      return { event, filters: { cron: body.items.flatMap((item) => texts(childOf(item, 'cron') ?? item)) } };
    // A file that GitHub refuses runs, so that the run says why.
    if (exclusive.some((pair) => pair.every((name) => childOf(body, name) !== null)))
      return { event, filters: {} };
    const entries = entriesOf(body).filter(([key]) => filterNames.includes(key));
    return { event, filters: Object.fromEntries(entries.map(([key, value]) => [key, texts(value)])) };
  });
}

/** Name and triggers alone, so that a file which no event starts may hold what the rehearsal does not know. */
export function readTriggerHeader(
  origin: FileOrigin,
  content: string,
): Pick<WorkflowFile, 'origin' | 'name' | 'triggers'> {
  const { value } = parseWorkflow({ name: origin.path, content }, new NoOperationTraceWriter());
  // A file that is no YAML fails every push, as on GitHub; the run then says what is wrong.
  if (value === undefined) return { origin, name: origin.path, triggers: [{ event: 'push', filters: {} }] };
  const root = toTemplate(value, origin.path);
  return { origin, name: nameOf(root, origin), triggers: readTriggers(childOf(root, 'on')) };
}

function nameOf(root: Template | null, origin: FileOrigin): string {
  const name = childOf(root, 'name');
  return name?.kind === 'literal' && name.value !== null ? String(name.value) : origin.path;
}

/**
 * The workflow in `content`. Source of validity: `@actions/workflow-parser` (GitHub's schema and conversion).
 * Throws `workflow-invalid` or `unsupported-feature`, naming file and line.
 */
export async function readWorkflowFile(origin: FileOrigin, content: string): Promise<WorkflowFile> {
  const parsed = parseWorkflow({ name: origin.path, content }, new NoOperationTraceWriter());
  const found = (): string[] => parsed.context.errors.getErrors().map((error) => error.message);
  if (parsed.value === undefined || found().length > 0) refuse(found());
  const template: WorkflowTemplate = await convertWorkflowTemplate(parsed.context, parsed.value);
  if (found().length > 0) refuse(found());
  const root = toTemplate(parsed.value, origin.path);
  const on = childOf(root, 'on');
  checkFilters(on);
  const definitions = new Map(entriesOf(childOf(root, 'jobs')));
  return {
    origin,
    name: nameOf(root, origin),
    runName: childOf(root, 'run-name'),
    triggers: readTriggers(on),
    dispatchInputs: readInputs(childOf(childOf(on, 'workflow_dispatch'), 'inputs')),
    call: eventNames(on).includes('workflow_call') ? callContract(childOf(on, 'workflow_call')) : null,
    env: childOf(root, 'env'),
    defaults: childOf(root, 'defaults'),
    permissions: readPermissions(childOf(root, 'permissions')),
    concurrency: childOf(root, 'concurrency'),
    jobs: template.jobs.map((job) => readJob(job, definitions.get(job.id.value) ?? null)),
  };
}

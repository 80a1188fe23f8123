// One job of a workflow file as the model has it; keys the rehearsal does not know are errors with file and line.
import { ensureStatusFunction } from '@actions/workflow-parser/model/converter/if-condition';
import type { Step, WorkflowJob } from '@actions/workflow-parser/model/workflow-template';
import type { PermissionLevel } from '../model.js';
import { problem } from './problem.js';
import { childOf, entriesOf, placeOf, type Template } from './template.js';
import type {
  DeclaredPermissions,
  JobDefinition,
  StepDefinition,
  StrategyDefinition,
} from './workflow-model.js';

const unknownJobKeys = ['container', 'services', 'snapshot', 'cancel-timeout-minutes'];
const unknownStepKeys = ['background', 'wait', 'wait-all', 'cancel', 'parallel'];
const levels: readonly PermissionLevel[] = ['none', 'read', 'write'];

function refuseKeys(template: Template, keys: readonly string[]): void {
  for (const [key, value] of entriesOf(template)) {
    if (!keys.includes(key)) continue;
    throw problem(
      'unsupported-feature',
      `${placeOf(value.at)}: \`${key}\` is not supported by the rehearsal`,
      'Leave it out, or rehearse another workflow file.',
    );
  }
}

/** A `permissions:` block. */
export function readPermissions(template: Template | null): DeclaredPermissions {
  if (template === null) return null;
  if (template.kind === 'literal' && (template.value === 'read-all' || template.value === 'write-all'))
    return template.value;
  return Object.fromEntries(
    entriesOf(template).map(([name, value]) => {
      const level = levels.find((candidate) => value.kind === 'literal' && value.value === candidate);
      if (level === undefined) {
        throw problem(
          'workflow-invalid',
          `${placeOf(value.at)}: permission ${name} must be none, read or write`,
          'Correct it.',
        );
      }
      return [name, level];
    }),
  );
}

/** The text of an `if:`; GitHub adds `success() &&` where no status function is used. */
export function conditionOf(template: Template | null): string {
  if (template === null) return 'success()';
  const text =
    template.kind === 'expression'
      ? template.text
      : template.kind === 'literal'
        ? String(template.value ?? '')
        : '';
  return text.trim() === '' ? 'success()' : text;
}

/** GitHub's completion of a condition written in a composite action or a workflow. */
export function completedCondition(template: Template | null): string {
  return ensureStatusFunction(conditionOf(template), undefined);
}

/** One step; `if` has been completed by the parser. */
export function readStep(
  step: Pick<Step, 'id'> & { readonly if?: { readonly expression: string } },
  template: Template,
): StepDefinition {
  refuseKeys(template, unknownStepKeys);
  const script = childOf(template, 'run');
  const uses = childOf(template, 'uses');
  const action: StepDefinition['action'] =
    script === null
      ? {
          kind: 'uses',
          uses: uses?.kind === 'literal' ? String(uses.value) : '',
          with: childOf(template, 'with'),
        }
      : {
          kind: 'run',
          script,
          shell: childOf(template, 'shell'),
          directory: childOf(template, 'working-directory'),
        };
  return {
    id: step.id,
    name: childOf(template, 'name'),
    if: step.if?.expression ?? 'success()',
    env: childOf(template, 'env'),
    continueOnError: childOf(template, 'continue-on-error'),
    timeoutMinutes: childOf(template, 'timeout-minutes'),
    action,
    at: template.at,
  };
}

function readStrategy(template: Template | null): StrategyDefinition | null {
  if (template === null) return null;
  if (template.kind === 'expression') {
    throw problem(
      'unsupported-feature',
      `${placeOf(template.at)}: a whole strategy as one expression is not supported`,
      'Write `matrix:` and put the expression there.',
    );
  }
  return {
    matrix: childOf(template, 'matrix'),
    failFast: childOf(template, 'fail-fast'),
    maxParallel: childOf(template, 'max-parallel'),
  };
}

/** The job that GitHub's parser converted, together with what it leaves raw. */
export function readJob(job: WorkflowJob, template: Template | null): JobDefinition {
  if (template === null)
    throw problem('workflow-invalid', `job ${job.id.value} is empty`, 'Give it steps or `uses:`.');
  refuseKeys(template, unknownJobKeys);
  const of = (name: string): Template | null => childOf(template, name);
  const base = {
    id: job.id.value,
    name: of('name'),
    needs: (job.needs ?? []).map((need) => need.value),
    if: job.if.expression,
    strategy: readStrategy(of('strategy')),
    concurrency: of('concurrency'),
    permissions: readPermissions(of('permissions')),
    at: { file: template.at.file, line: job.id.line ?? template.at.line },
  };
  if (job.type === 'reusableWorkflowJob') {
    const secrets = job['inherit-secrets'] === true ? 'inherit' : of('secrets');
    return { ...base, kind: 'call', uses: job.ref.value, with: of('with'), secrets };
  }
  const steps = of('steps');
  // Source: https://github.com/actions/languageservices/pull/98
  if (job.steps.length === 0) {
    throw problem(
      'workflow-invalid',
      `${placeOf(base.at)}: No steps defined in \`steps\` and no workflow called in \`uses\` for the following jobs: ${base.id}`,
      'Give the job steps, or `uses:`.',
    );
  }
  const items = steps?.kind === 'sequence' ? steps.items : [];
  return {
    ...base,
    kind: 'steps',
    runsOn: of('runs-on'),
    environment: of('environment'),
    env: of('env'),
    defaults: of('defaults'),
    outputs: of('outputs'),
    timeoutMinutes: of('timeout-minutes'),
    continueOnError: of('continue-on-error'),
    steps: job.steps.flatMap((step, index) => {
      const item = items[index];
      return item === undefined ? [] : [readStep(step as Parameters<typeof readStep>[0], item)];
    }),
  };
}

// Reads `action.yml` with GitHub's own parser.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NoOperationTraceWriter } from '@actions/workflow-parser';
import { convertActionTemplate, parseAction } from '@actions/workflow-parser/actions/index';
import { readStep } from '../engine/job-definition.js';
import { problem } from '../engine/problem.js';
import { childOf, entriesOf, type Template } from '../engine/template.js';
import { toTemplate } from '../engine/tokens.js';
import type { StepDefinition } from '../engine/workflow-model.js';

export interface JavaScriptRuns {
  readonly kind: 'javascript';
  readonly main: string;
  readonly pre: string | null;
  readonly preIf: string;
  readonly post: string | null;
  readonly postIf: string;
}

export interface CompositeRuns {
  readonly kind: 'composite';
  readonly steps: readonly StepDefinition[];
  readonly outputs: readonly (readonly [string, Template])[];
}

export interface ActionMetadata {
  readonly name: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly default: Template | null;
    readonly deprecation: string | null;
  }[];
  readonly runs: JavaScriptRuns | CompositeRuns;
}

async function readMetadataFile(folder: string): Promise<readonly [string, string]> {
  for (const name of ['action.yml', 'action.yaml']) {
    const content = await readFile(join(folder, name), 'utf8').catch(() => null);
    if (content !== null) return [name, content];
  }
  throw problem(
    'not-found',
    `no action.yml in the action's folder ${folder}`,
    'Correct `uses:`, or check the repository out first.',
  );
}

function javascript(
  runs: Extract<ReturnType<typeof convertActionTemplate>['runs'], { main: string }>,
): JavaScriptRuns {
  return {
    kind: 'javascript',
    main: runs.main,
    pre: runs.pre ?? null,
    preIf: runs.preIf ?? 'always()',
    post: runs.post ?? null,
    postIf: runs.postIf ?? 'always()',
  };
}

/** The action in a folder. Throws `not-found`, `workflow-invalid`, `unsupported-feature`. */
export async function readActionMetadata(folder: string): Promise<ActionMetadata> {
  const [file, content] = await readMetadataFile(folder);
  const parsed = parseAction({ name: file, content }, new NoOperationTraceWriter());
  const errors = (): string[] => parsed.context.errors.getErrors().map(({ message }) => message);
  if (parsed.value === undefined || errors().length > 0) {
    throw problem('workflow-invalid', `${folder}: ${errors().join('\n')}`, 'Correct action.yml.');
  }
  const action = convertActionTemplate(parsed.context, parsed.value);
  if (errors().length > 0)
    throw problem('workflow-invalid', `${folder}: ${errors().join('\n')}`, 'Correct action.yml.');
  const root = toTemplate(parsed.value, file);
  const inputs = (action.inputs ?? []).map((input) => ({
    name: input.id,
    default: input.default === undefined ? null : toTemplate(input.default, file),
    deprecation: input.deprecationMessage ?? null,
  }));
  const { runs } = action;
  if (runs.using === 'composite') {
    const steps = childOf(childOf(root, 'runs'), 'steps');
    const items = steps?.kind === 'sequence' ? steps.items : [];
    return {
      name: action.name,
      inputs,
      runs: {
        kind: 'composite',
        steps: runs.steps.flatMap((step, index) => {
          const item = items[index];
          return item === undefined ? [] : [readStep(step as Parameters<typeof readStep>[0], item)];
        }),
        outputs: entriesOf(childOf(root, 'outputs')).flatMap(([name, output]) => {
          const value = childOf(output, 'value');
          return value === null ? [] : [[name, value] as const];
        }),
      },
    };
  }
  if (!('main' in runs) || (runs.using !== 'node24' && runs.using !== 'node20')) {
    throw problem(
      'unsupported-feature',
      `${folder}/${file}: \`using: ${runs.using}\` is not supported by the rehearsal`,
      'Use node24 (node20 runs on it too) or composite.',
    );
  }
  return { name: action.name, inputs, runs: javascript(runs) };
}

// The third-party actions that the rehearsal brings itself, whatever version is asked for.
import { problem } from '../../engine/problem.js';
import { evaluateTexts, type Template } from '../../engine/template.js';
import type { RunningStep } from '../step-unit.js';
import type { ProvidedAction } from './action.js';
import { checkout } from './checkout.js';
import { downloadArtifact } from './download-artifact.js';
import { uploadArtifact } from './upload-artifact.js';

const provided: ReadonlyMap<string, ProvidedAction> = new Map([
  ['actions/checkout', checkout],
  ['actions/upload-artifact', uploadArtifact],
  ['actions/download-artifact', downloadArtifact],
]);

/** Whether `owner/repository` is one of them. */
export function isProvided(repository: string): boolean {
  return provided.has(repository.toLowerCase());
}

/** Runs one; 0, or throws. An input that it does not know is the error `unsupported-feature`. */
export async function runProvided(name: string, step: RunningStep, given: Template | null): Promise<number> {
  const action = provided.get(name.toLowerCase());
  if (action === undefined)
    throw problem('not-found', `${name} is not provided`, 'Pass its files with --actions.');
  const values = Object.entries(evaluateTexts(given, step.scope)).map(
    ([key, value]) => [key.toLowerCase(), value] as const,
  );
  for (const [key] of values) {
    if (key in action.inputs) continue;
    throw problem(
      'unsupported-feature',
      `the rehearsal's ${name} has no input ${key}`,
      `It knows ${Object.keys(action.inputs).join(', ')}.`,
    );
  }
  const inputs = { ...action.inputs, ...Object.fromEntries(values) };
  await action.run({
    step,
    host: step.session.options.host,
    input: (key) => inputs[key] ?? '',
    output: (key, value) => {
      step.outputs[key] = value;
    },
    line: (text) => step.session.log.line(text),
  });
  return 0;
}

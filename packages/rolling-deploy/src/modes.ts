// The modes of this action: which inputs each reads, and which story it is.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { Reader } from './input-forms.js';
import { type Inputs, readInputs } from './inputs.js';
import { type PreviewInputs, type ReapInputs, readPreviewInputs, readReapInputs } from './preview-inputs.js';
import { readTaskInputs, type TaskInputs } from './task-inputs.js';

export type ModeInputs = Inputs | PreviewInputs | ReapInputs | TaskInputs;

/** @throws {InputError} naming the input */
export function readModeInputs(reader: Reader): ModeInputs {
  const mode = reader.choice('mode', ['deploy', 'plan', 'preview', 'preview-reap', 'reconcile', 'run']);
  if (mode === 'deploy' || mode === 'plan' || mode === 'reconcile') return readInputs(reader);
  if (mode === 'run') return readTaskInputs(reader);
  return mode === 'preview' ? readPreviewInputs(reader) : readReapInputs(reader);
}

/** Each story loads when it is asked for, and no other. */
export async function runMode(inputs: ModeInputs, deps: Deps): Promise<ActionResult> {
  if (inputs.mode === 'run') return (await import('./task.js')).runTask(inputs, deps);
  if (inputs.mode === 'preview') return (await import('./preview.js')).showPreview(inputs, deps);
  if (inputs.mode === 'preview-reap') return (await import('./preview-reap.js')).reapPreviews(inputs, deps);
  if (inputs.mode === 'plan') return (await import('./plan-mode.js')).showPlan(inputs, deps);
  if (inputs.mode === 'reconcile') return (await import('./reconcile.js')).reconcile(inputs, deps);
  return (await import('./run.js')).run(inputs, deps);
}

// What a step wrote into its files takes effect: variables, paths, outputs, state, its summary.
import { readFileCommands } from './file-commands.js';
import { reportError, type Session } from './session.js';
import type { RunningStep } from './step-unit.js';

/** Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits */
const shownSummaries = 20;

function addSummary(session: Session, text: string): void {
  session.summaries.count += 1;
  if (session.summaries.count <= shownSummaries) session.plan.state.summary += session.masks.mask(text);
}

/** `where` is the step's place, for what is wrong with the files. */
export async function applyFiles(session: Session, step: RunningStep, where: string): Promise<void> {
  const commands = await readFileCommands(step.files);
  for (const [name, value] of commands.environment) session.environment.set(name, value);
  for (const path of commands.paths) session.paths.unshift(path);
  Object.assign(step.outputs, Object.fromEntries(commands.outputs));
  Object.assign(step.state, Object.fromEntries(commands.state));
  if (commands.summary !== '') addSummary(session, commands.summary);
  for (const error of commands.refused) reportError(session, `${error} (${where})`);
  for (const error of commands.errors) step.fail(`${error} (${where})`);
}

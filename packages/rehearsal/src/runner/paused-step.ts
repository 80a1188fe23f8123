// What is told of a failed step that waits: what went wrong, and the places where people look and edit.
import { join, relative, sep } from 'node:path';
import type { PausedStep } from './pauses.js';
import type { Session } from './session.js';
import type { StepUnit, Trial } from './step-unit.js';

const tailLines = 15;
const searchedLines = 500;

export interface Failed extends Trial {
  readonly title: string;
  readonly attempts: number;
  /** Annotations of the job before this attempt. */
  readonly notes: number;
}

/** Everything in it is masked. */
export function pausedStep(session: Session, failed: Failed, cause: readonly string[]): PausedStep {
  const { plan, directories, log, masks } = session;
  const { unit, title, attempts } = failed;
  return {
    runId: plan.run.id,
    jobId: plan.state.id,
    job: plan.state.name,
    step: masks.mask(title),
    attempts,
    cause,
    tail: ownLines(log.tail(searchedLines), masks.mask(title)).slice(-tailLines),
    workflow: editablePlace(session, plan.origin.repository, unit.where),
    action: actionPlace(session, unit),
    folder: directories.workspace,
    logFile: directories.logFile,
  };
}

/** What this attempt wrote: no former step, no frame, no error that is told as the cause. */
function ownLines(lines: readonly string[], title: string): readonly string[] {
  const begin = lines.findLastIndex((line) => line.startsWith('##[group]') && line.endsWith(title));
  return lines.slice(begin + 1).filter((line) => !/^##\[(?:endgroup|error)\]/u.test(line));
}

/** The place in the folder where people edit the file, where there is one. */
function editablePlace({ options }: Session, repository: string, place: string): string {
  const folder = options.pausing?.edits.folderOf(repository) ?? null;
  return folder === null ? `${repository}: ${place}` : join(folder, place);
}

/** Where in an action it failed: the inner step of a composite one, else the action's folder. */
function actionPlace(session: Session, unit: StepUnit): string | null {
  const place = session.trouble.action ?? unit.identity?.path ?? null;
  if (place === null) return null;
  const inside = relative(session.directories.actions, place);
  if (inside.startsWith('..')) return place;
  const [owner = '', name = '', , ...path] = inside.split(sep);
  return editablePlace(session, `${owner}/${name}`, path.join(sep));
}

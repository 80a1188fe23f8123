// Which paths an event changed, for `paths` filters.
import type { RaisedEvent } from '../model.js';
import type { GitObjects } from './git-objects.js';
import { textAt } from './trigger.js';

const absent = /^0*$/u;

/**
 * Push: against the former commit, or everything for a new branch. Pull request: against the merge base.
 * Source: docs.github.com, "Workflow syntax", git diff comparisons.
 */
export async function changedPaths(event: RaisedEvent, objects: GitObjects): Promise<readonly string[]> {
  const base = textAt(event.payload, 'pull_request', 'base', 'sha');
  const head = textAt(event.payload, 'pull_request', 'head', 'sha');
  if (base !== '' && head !== '') return objects.changed(await objects.mergeBase(base, head), head);
  const before = textAt(event.payload, 'before');
  return objects.changed(absent.test(before) ? null : before, event.sha);
}

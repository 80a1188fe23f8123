// What people should know about a decision, in the order in which it matters to them.
import type { Situation } from './legs.js';
import { missingVariables } from './missing-variables.js';
import type { Policy } from './policy.js';
import { previewNotices } from './preview.js';
import { pushNotices } from './push-notices.js';

/** @throws {ActionError} `missing-variable` naming all of them */
export function decisionNotices(situation: Situation, policy: Policy): readonly string[] {
  const { facts, route } = situation;
  return [
    ...accessNotices(situation),
    ...pushNotices(facts.push, route),
    ...policy.notices,
    ...previewNotices(situation),
  ];
}

/** Also where missing variables stop the run: all of them at once, and only if this run has access to variables. */
function accessNotices({ facts, read, route, references }: Situation): readonly string[] {
  const { missing } = references;
  if (route.untrusted === null) {
    if (missing.length > 0) throw missingVariables(missing, read, facts.repository);
    return [];
  }
  const notices = [`No secrets and nothing published: ${route.untrusted}.`];
  if (route.evidence !== 'none')
    notices.push(
      'Nothing of a fork or of Dependabot ran in staging: only a tree that ran there may be merged.',
    );
  const names = [...new Set(missing.map(({ variable }) => variable))].sort((a, b) => (a < b ? -1 : 1));
  if (names.length === 0) return notices;
  return [...notices, `Variables that GitHub does not give such a run were left out: ${names.join(', ')}.`];
}

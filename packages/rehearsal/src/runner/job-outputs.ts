// The outputs of a job: evaluated at its end, dropped where they would show a masked value.
import type { Scope } from '../engine/expression.js';
import { messageOf } from '../engine/problem.js';
import { entriesOf, evaluateText, placeOf } from '../engine/template.js';
import { annotate, reportError, type Session } from './session.js';

/** Most UTF-16 bytes of one job's outputs. Source: docs.github.com, usage limits of outputs. */
const limit = 1024 * 1024;

/** Source: actions/runner, `JobExtension`: "Skip output … since it may contain secret." */
export function jobOutputs(session: Session, scope: Scope): Record<string, string> {
  const outputs: Record<string, string> = {};
  let size = 0;
  for (const [name, template] of entriesOf(session.plan.job.outputs)) {
    try {
      const value = evaluateText(template, scope);
      if (session.masks.hides(value)) {
        const message = `Skip output '${name}' since it may contain secret.`;
        session.log.line(`##[warning]${message}`);
        annotate(session, { level: 'warning', message });
        continue;
      }
      outputs[name] = value;
      size += value.length * 2;
    } catch (error) {
      reportError(session, messageOf(error));
      session.status = 'failure';
    }
  }
  if (size <= limit) return outputs;
  const { outputs: declared, at } = session.plan.job;
  const where = placeOf(declared?.at ?? at);
  reportError(session, `${where}: the job's outputs take ${size} bytes, at most ${limit} are allowed.`);
  session.status = 'failure';
  return {};
}

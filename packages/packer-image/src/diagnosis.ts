// Why packer failed: by builder where it names one, in its own words without the secrets.
import type { ActionError } from '@headgate/kit/errors';
import type { LongResult } from '@headgate/kit/process';
import type { Redactor } from '@headgate/kit/secrets';
import { failure, placedFailure } from './failures.js';
import { parseLine, type Stream } from './stream.js';
import { type Template, templatePlace } from './template-place.js';

const longest = 600;

/** Names every builder that failed, and those that made something all the same. */
export function buildFailure(stream: Stream, result: LongResult, redactor: Redactor): ActionError {
  const errors = stream.errors().map(({ target, message }) => `${target}: ${oneLine(message, redactor)}`);
  const made = [...stream.artifacts()].flatMap(([target, artifacts]) =>
    artifacts.length > 0 ? [target] : [],
  );
  const partial = made.length > 0 ? `; ${made.join(', ')} succeeded, and nothing of the set counts` : '';
  const why = errors.length > 0 ? [...new Set(errors)].join('; ') : ending(result, redactor);
  return failure(
    'build-failed',
    `packer build failed: ${why}${partial}`,
    made.length > 0
      ? 'Repair the builder; the output left-behind lists what to remove.'
      : 'See what the builder printed above.',
  );
}

export interface StepEnd {
  readonly result: LongResult;
  readonly redactor: Redactor;
  readonly template: Template;
}

export function stepFailure(step: 'init' | 'validate', { result, redactor, template }: StepEnd): ActionError {
  const [code, hint] =
    step === 'init'
      ? ([
          'init-failed',
          'See that the plugins can be downloaded; PACKER_GITHUB_API_TOKEN in environment raises the limit.',
        ] as const)
      : (['template-invalid', 'Correct the template, variables or var-files.'] as const);
  const message = `packer ${step} failed: ${ending(result, redactor)}`;
  return placedFailure({ code, message, hint, place: templatePlace(saidIn(result), template) });
}

/** What packer said last, from its log's tail. */
function ending(result: LongResult, redactor: Redactor): string {
  const text = saidIn(result).trim();
  return text === ''
    ? `it ended with ${result.code ?? result.signal}`
    : oneLine(text.slice(-longest), redactor);
}

function saidIn({ tail }: LongResult): string {
  return tail.split('\n').map(shownOf).join('\n');
}

/** The words of a line: a message's text, or the whole of what is no line of the stream. */
function shownOf(line: string): string {
  const parsed = parseLine(line);
  if (parsed === null) return line;
  const [, text = ''] = parsed.data;
  return parsed.type === 'ui' ? text : '';
}

function oneLine(text: string, redactor: Redactor): string {
  const line = redactor.redact(text).replace(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest)}…`;
}

// An A/B comparison: only requests that carry a sign see the new version, for a time; pure.
import { type AnalysisPlan, readAnalysis } from './strategy-analysis.js';
import { choice, text, time, wrong } from './strategy-forms.js';
import type { Sign } from './target.js';

export interface AbTest {
  readonly kind: 'ab';
  readonly sign: Sign;
  /** Absolute path of the proxy's map file; '' for the one that is named like the backend. */
  readonly map: string;
  /** Milliseconds. */
  readonly forMs: number;
  /** What becomes of the new version when it kept up. */
  readonly ending: 'promote' | 'back';
  readonly analysis: AnalysisPlan;
}

export const abMembers = ['type', 'header', 'cookie', 'value', 'map', 'for', 'then', 'analysis'];

/** They go into a line of the proxy's protocol: nothing that ends a word, a command or a line. */
const words = {
  header: { form: /^[A-Za-z][A-Za-z0-9-]{0,63}$/, wanted: 'a name of letters, digits and -' },
  cookie: { form: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, wanted: 'a name of letters, digits, _, . and -' },
  value: { form: /^[A-Za-z0-9_.-]{1,64}$/, wanted: 'a text of letters, digits, _, . and -' },
  map: {
    form: /^\/[A-Za-z0-9_.@/-]{1,200}$/,
    wanted: 'an absolute path of letters, digits, _, ., @, / and -',
  },
};

/** @throws {InputError} */
export function readAb(given: ReadonlyMap<string, unknown>): AbTest {
  const [header, cookie] = [given.get('header'), given.get('cookie')];
  if ((header === undefined) === (cookie === undefined))
    throw wrong(
      `ab: ${header === undefined ? 'neither header nor' : 'both header and'} cookie was given`,
      'Write one of them, such as header: X-Variant.',
    );
  const kind = header === undefined ? 'cookie' : 'header';
  return {
    kind: 'ab',
    sign: {
      kind,
      name: text(kind, header ?? cookie, words[kind]),
      value: text('value', given.get('value'), words.value),
    },
    map: given.has('map') ? text('map', given.get('map'), words.map) : '',
    forMs: time('for', given.get('for')),
    ending: choice('then', given.get('then') ?? 'promote', ['promote', 'back']),
    analysis: readAnalysis(given.get('analysis')),
  };
}

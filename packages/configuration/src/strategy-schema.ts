// How a target's service goes from one version to the next: the members of rolling-deploy's input `strategy`.
import * as v from 'valibot';
import { analysisSchema } from './analysis-schema.js';
import { duration, variableReference } from './schema-values.js';

const amount = v.union([
  v.pipe(
    v.number(),
    v.integer('a whole number'),
    v.minValue(0, 'a number of instances from 0 to 64'),
    v.maxValue(64, 'a number of instances from 0 to 64'),
  ),
  v.pipe(v.string(), v.regex(/^(?:100|[0-9]{1,2})%$/, 'a share such as 25%')),
]);

const rolling = v.strictObject({
  type: v.literal('rolling'),
  surge: v.optional(
    v.pipe(amount, v.description('Instances more than wanted that may exist meanwhile; 1 unless said.')),
  ),
  unavailable: v.optional(
    v.pipe(amount, v.description('Instances of the wanted that may be missing meanwhile; 0 unless said.')),
  ),
  batch: v.optional(
    v.pipe(
      amount,
      v.description('Most instances that come at a time; all where none is replaced, unless said.'),
    ),
  ),
});

const blueGreen = v.strictObject({
  type: v.literal('blue-green'),
  'keep-warm': v.optional(
    v.pipe(duration, v.description('How long the former set stays ready after the switch; 30s unless said.')),
  ),
});

const step = v.pipe(
  v.string(),
  v.regex(
    /^(?:100%|(?:0\.(?!0?$|00)[0-9]{1,2}|[1-9][0-9]?(?:\.[0-9]{1,2})?|100)% for (?:[0-9]{1,9}(?:ms|s|m|h|d))+)$/,
    'a share and how long, such as 5% for 2m; 100% may stand alone',
  ),
);

const waiting = v.union([v.literal('approval'), duration], 'approval or a time such as 10m');
const pause = v.strictObject({
  pause: v.pipe(
    waiting,
    v.description('Stands still here: for a time, or until one of the people of `approval` says so.'),
  ),
});
const pauseWords = v.pipe(
  v.string(),
  v.regex(/^pause: ?(?:approval|(?:[0-9]{1,9}(?:ms|s|m|h|d))+)$/, 'a pause such as pause: 10m'),
);

const canary = v.strictObject({
  type: v.literal('canary'),
  steps: v.pipe(
    v.array(v.union([step, pauseWords, pause], 'a share and how long, such as 5% for 2m, or a pause')),
    v.minLength(1, 'at least one step'),
    v.description(
      'Growing shares of the requests, each with the time in which the new version must keep up; pauses between them.',
    ),
  ),
  analysis: v.optional(analysisSchema),
  'pause-deadline': v.optional(
    v.pipe(
      duration,
      v.description('How long a pause for approval may take before the new version goes; 1h unless said.'),
    ),
  ),
});

/** Of a map: it goes into lines of the proxy's protocol and of its configuration. */
export const mapPath = /^\/[A-Za-z0-9_.@/-]{1,200}$/;
export const mapPathWanted = 'an absolute path of letters, digits, _, ., @, / and -';

const sign = { form: /^[A-Za-z0-9_.-]{1,64}$/, wanted: 'letters, digits, _, . and -' };

const ab = v.strictObject({
  type: v.literal('ab'),
  header: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'the name of a header'),
      v.description('Requests with this header see the new version.'),
    ),
  ),
  cookie: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, 'the name of a cookie'),
      v.description('Requests with this cookie do; either it or a header.'),
    ),
  ),
  value: v.pipe(v.string(), v.regex(sign.form, sign.wanted), v.description('What it must hold.')),
  map: v.optional(
    v.pipe(
      v.union(
        [v.pipe(v.string(), v.regex(mapPath, mapPathWanted)), variableReference],
        `${mapPathWanted}, or {var: NAME}`,
      ),
      v.description(
        "Map file that the proxy's configuration names; /etc/haproxy/<backend>-ab.map unless said.",
      ),
    ),
  ),
  for: v.pipe(duration, v.description('How long both versions are compared.')),
  // biome-ignore lint/suspicious/noThenProperty: a member of the file, of nothing that is awaited
  then: v.optional(
    v.pipe(
      v.picklist(['promote', 'back']),
      v.description('What becomes of a version that kept up: promote unless said.'),
    ),
  ),
  analysis: v.optional(analysisSchema),
});

export const strategySchema = v.pipe(
  v.variant('type', [rolling, blueGreen, canary, ab]),
  v.description('How the service goes from one version to the next; rolling, one at a time, unless said.'),
);

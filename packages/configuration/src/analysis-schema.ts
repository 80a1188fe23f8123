// How a new version in part of the traffic is judged: the member `analysis` of strategies.
import * as v from 'valibot';
import { duration, secretName } from './schema-values.js';

const share = v.pipe(
  v.string(),
  v.regex(/^(?!0+(?:\.0+)?%)[0-9]{1,2}(?:\.[0-9]{1,3})?%$/, 'a share such as 1%'),
);
const query = v.optional(
  v.pipe(v.string(), v.regex(/^[^\0]{1,4000}$/, 'a query of at most 4000 characters')),
);
const asked = v.pipe(v.string(), v.regex(/^[^\0]{1,4000}$/, 'a query of at most 4000 characters'));

const prometheus = v.strictObject({
  url: v.pipe(
    v.string(),
    v.regex(/^https?:\/\/[^\s@?#]+$/, 'an http or https address without credentials'),
    v.description('Where Prometheus answers, as the runner reaches it.'),
  ),
  token: v.optional(
    v.pipe(
      secretName,
      v.description('A name in the `environment` map of the secret DEPLOY_SECRETS: a bearer token.'),
    ),
  ),
  'canary-total': v.pipe(
    asked,
    v.description(
      'Requests to the new version since the step began; $window, $canary and $baseline are filled in.',
    ),
  ),
  'canary-errors': asked,
  'baseline-total': asked,
  'baseline-errors': asked,
  'canary-latency': v.optional(
    v.pipe(asked, v.description('A histogram: sum by (le) (increase(…_bucket[$window])).')),
  ),
  'baseline-latency': query,
});

/** Its members are read by the action alone; a type of them all would be more than the compiler can follow. */
export const analysisSchema: v.GenericSchema<object> = v.pipe(
  v.strictObject({
    detect: v.optional(
      v.pipe(share, v.description('Share of errors that must not be missed; 1% unless said.')),
    ),
    power: v.optional(v.pipe(share, v.description('How surely; 95% unless said.'))),
    latency: v.optional(
      v.pipe(
        v.strictObject({
          quantile: v.optional(
            v.pipe(share, v.description('95% unless said; of the averages of the proxy only 50%.')),
          ),
          worse: v.optional(
            v.pipe(
              v.union([duration, v.pipe(v.string(), v.regex(/^[0-9]{1,4}%$/, 'a share such as 20%'))]),
              v.description('How much longer requests may take: a time or a share; 20% unless said.'),
            ),
          ),
        }),
        v.description('Judges how long requests take, too.'),
      ),
    ),
    undecided: v.optional(
      v.pipe(
        v.picklist(['pass', 'extend', 'undo']),
        v.description('What becomes of a step without enough data; pass, with a notice, unless said.'),
      ),
    ),
    'extend-for': v.optional(
      v.pipe(
        duration,
        v.description('With extend: by how much at most, then it is undone; 10m unless said.'),
      ),
    ),
    prometheus: v.optional(
      v.pipe(prometheus, v.description('Where the numbers come from; the proxy unless said.')),
    ),
  }),
  v.description('How the new version is compared with the former one.'),
);

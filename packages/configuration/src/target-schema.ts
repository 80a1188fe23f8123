// One target of an environment: the service, its proxy, and how long things may take.
import * as v from 'valibot';
import { hooksSchema } from './hook-schema.js';
import {
  hostsSchema,
  onCancelSchema,
  onFailureSchema,
  sshSchema,
  transport,
  waveSchema,
} from './host-schema.js';
import {
  argumentList,
  duration,
  environmentSecretReference,
  filled,
  name,
  path,
  port,
  timeLimit,
  value,
  variableName,
} from './schema-values.js';
import { strategySchema } from './strategy-schema.js';

const test = v.strictObject({
  image: v.optional(
    v.pipe(name, v.description("Image under `images` that holds the test; the target's own unless said.")),
  ),
  command: v.pipe(
    argumentList,
    v.minLength(1, 'at least the program'),
    v.description('Program and arguments, without a shell.'),
  ),
  environment: v.optional(
    v.pipe(v.record(variableName, value), v.description('Variables for the test; never secrets.')),
    {},
  ),
  deadline: v.optional(timeLimit, '1m'),
});

export const healthSchema = v.pipe(
  v.strictObject({
    path: v.optional(
      v.pipe(v.string(), v.regex(/^\/[\x21-\x7e]*$/, 'a path beginning with /, without blanks')),
      '/health',
    ),
    interval: v.optional(duration, '1s'),
    deadline: v.optional(duration, '1m'),
  }),
  v.description('What tells that an instance is ready.'),
);

export const targetSchema = v.strictObject({
  compose: v.pipe(path, v.description('Compose file that describes the service.')),
  service: v.pipe(filled, v.description('Service in the compose file.')),
  image: v.pipe(name, v.description('Image under `images` that the service runs.')),
  port: v.optional(
    v.pipe(
      port,
      v.description(
        'Port that the service listens on inside its container; none for a worker, without a proxy.',
      ),
    ),
  ),
  reach: v.optional(
    v.pipe(
      v.picklist(['port', 'address']),
      v.description(
        "How the proxy reaches instances: by a `port` of the host's loopback, or at an `address` of their own, where a restart of the engine is not noticed.",
      ),
    ),
    'port',
  ),
  instances: v.optional(
    v.pipe(
      v.number(),
      v.integer('a whole number'),
      v.minValue(1, 'a number of instances from 1 to 64'),
      v.maxValue(64, 'a number of instances from 1 to 64'),
      v.description("How many serve at the same time; the compose file's `scale` unless said, else 1."),
    ),
  ),
  'allow-gap': v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'A service with `ports` or `container_name` may be gone for a moment at each deployment.',
      ),
    ),
    false,
  ),
  'keep-releases': v.optional(
    v.pipe(
      v.number(),
      v.integer('a whole number'),
      v.minValue(1, 'a number of releases from 1 to 20'),
      v.maxValue(20, 'a number of releases from 1 to 20'),
      v.description(
        'Former releases that stay on the host, stopped, so that going back needs no registry; 1 unless said.',
      ),
    ),
  ),
  strategy: v.optional(strategySchema),
  transport: v.optional(v.pipe(transport, v.description('How the target is reached.')), 'local'),
  ssh: v.optional(sshSchema),
  hosts: v.optional(hostsSchema),
  wave: v.optional(waveSchema),
  'on-failure': v.optional(onFailureSchema),
  'on-cancel': v.optional(onCancelSchema),
  engine: v.optional(
    v.pipe(value, v.description("Socket or URL of the Docker engine; the machine's own unless said.")),
    '',
  ),
  proxy: v.optional(
    v.pipe(
      v.strictObject({
        socket: v.pipe(value, v.description("HAProxy's runtime socket, an absolute path on the host.")),
        backend: v.pipe(value, v.description('HAProxy backend that the service stands behind.')),
      }),
      v.description('The proxy in front of the service; none for a worker.'),
    ),
  ),
  health: v.optional(healthSchema, {}),
  drain: v.optional(
    v.pipe(duration, v.description('How long an old instance may finish its requests.')),
    '10s',
  ),
  vars: v.optional(
    v.pipe(
      v.record(variableName, value),
      v.description("Values for the compose file's variables; never secrets."),
    ),
    {},
  ),
  secrets: v.optional(
    v.pipe(
      v.record(variableName, environmentSecretReference),
      v.description('Environment variables of the container that hold secrets.'),
    ),
    {},
  ),
  settle: v.optional(
    v.pipe(duration, v.description('How long a new instance must stay healthy in traffic.')),
    '2s',
  ),
  hooks: v.optional(hooksSchema),
  tests: v.optional(
    v.pipe(
      v.record(name, test),
      v.description('Containers that run once beside the new version and must end with 0.'),
    ),
    {},
  ),
});

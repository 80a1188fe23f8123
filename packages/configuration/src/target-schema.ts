// One target of an environment: the service, its proxy, and how long things may take.
import * as v from 'valibot';
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

export const targetSchema = v.strictObject({
  compose: v.pipe(path, v.description('Compose file that describes the service.')),
  service: v.pipe(filled, v.description('Service in the compose file.')),
  image: v.pipe(name, v.description('Image under `images` that the service runs.')),
  port: v.pipe(port, v.description('Port that the service listens on inside its container.')),
  instances: v.optional(
    v.pipe(
      v.number(),
      v.integer('a whole number'),
      v.minValue(1, 'a number of instances from 1 to 64'),
      v.maxValue(64, 'a number of instances from 1 to 64'),
    ),
    1,
  ),
  transport: v.optional(v.pipe(v.picklist(['local']), v.description('How the target is reached.')), 'local'),
  engine: v.optional(
    v.pipe(value, v.description("Socket or URL of the Docker engine; the machine's own unless said.")),
    '',
  ),
  proxy: v.pipe(
    v.strictObject({
      socket: v.pipe(value, v.description("HAProxy's runtime socket, an absolute path on the host.")),
      backend: v.pipe(value, v.description('HAProxy backend that the service stands behind.')),
    }),
    v.description('The proxy in front of the service.'),
  ),
  health: v.optional(
    v.pipe(
      v.strictObject({
        path: v.optional(
          v.pipe(v.string(), v.regex(/^\/[\x21-\x7e]*$/, 'a path beginning with /, without blanks')),
          '/health',
        ),
        interval: v.optional(duration, '1s'),
        deadline: v.optional(duration, '1m'),
      }),
      v.description('What tells that an instance is ready.'),
    ),
    {},
  ),
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
  tests: v.optional(
    v.pipe(
      v.record(name, test),
      v.description('Containers that run once beside the new version and must end with 0.'),
    ),
    {},
  ),
});

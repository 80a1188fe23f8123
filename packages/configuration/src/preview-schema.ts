// Previews: how a pull request is shown as a temporary application of its own.
import * as v from 'valibot';
import { sshSchema, transport } from './host-schema.js';
import {
  environmentSecretReference,
  filled,
  name,
  path,
  port,
  timeLimit,
  value,
  variableName,
} from './schema-values.js';
import { healthSchema } from './target-schema.js';

const service = v.strictObject({
  image: v.optional(
    v.pipe(name, v.description("Image under `images` that it runs; the compose file's own unless said.")),
  ),
  port: v.optional(
    v.pipe(port, v.description('Port inside the container that people look at; none unless said.')),
  ),
});

export const previewSchema = v.strictObject({
  compose: v.pipe(path, v.description('Compose file whose services all run in each preview.')),
  services: v.pipe(
    v.record(filled, service),
    v.minEntries(1, 'at least one service'),
    v.description('Services that run an image of the pull request or answer on a port; the first is shown.'),
  ),
  runner: v.optional(
    v.pipe(
      v.array(value),
      v.minLength(1, 'at least one label'),
      v.description(
        'Labels of the runner whose Docker host shows previews. They run unreviewed code: never that of an environment. With `transport: ssh` those of the runner that reaches the host; the usual one unless said.',
      ),
    ),
  ),
  transport: v.optional(
    v.pipe(transport, v.description('How the host that shows previews is reached.')),
    'local',
  ),
  ssh: v.optional(
    v.pipe(
      sshSchema,
      v.description(
        "With `transport: ssh`: the host that shows previews, never that of an environment. The key comes from the environment preview's DEPLOY_SECRETS.",
      ),
    ),
  ),
  address: v.pipe(
    value,
    v.description(
      'Where people reach it, with {port} of the host, {number}, {name} (pr-7-shop) or {service}.',
    ),
  ),
  bind: v.optional(
    v.pipe(
      v.picklist(['127.0.0.1', '0.0.0.0']),
      v.description('Address of the host that ports are bound to.'),
    ),
    '127.0.0.1',
  ),
  ttl: v.optional(v.pipe(timeLimit, v.description('How long one stays after its last change.')), '72h'),
  most: v.optional(
    v.pipe(
      v.number(),
      v.integer('a whole number'),
      v.minValue(1, 'a number of previews from 1 to 100'),
      v.maxValue(100, 'a number of previews from 1 to 100'),
      v.description('How many may exist at a time.'),
    ),
    5,
  ),
  engine: v.optional(
    v.pipe(value, v.description("Socket or URL of the host's Docker engine; the system's own unless said.")),
    '',
  ),
  health: v.optional(healthSchema, {}),
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
      v.description(
        "Environment variables of these services that hold secrets, out of the environment preview's DEPLOY_SECRETS.",
      ),
    ),
    {},
  ),
});

// Where a target is: the machine that deploys, another one by ssh, or several of them.
import * as v from 'valibot';
import { environmentSecretReference, name, value, variableReference } from './schema-values.js';

type Text = v.InferOutput<typeof value>;

export interface SshBlock {
  readonly host?: Text | undefined;
  readonly 'known-hosts'?: Text | undefined;
  readonly key?: v.InferOutput<typeof environmentSecretReference> | undefined;
}

export interface HostBlock {
  readonly name: string;
  readonly transport?: 'local' | 'ssh' | undefined;
  readonly ssh?: SshBlock | undefined;
  readonly engine?: Text | undefined;
  readonly proxy?: { readonly socket?: Text | undefined; readonly backend?: Text | undefined } | undefined;
}

// The types are written down: inferred through the whole file, they go deeper than the compiler follows.

/** Lines of known_hosts are several, and a variable may hold them. */
const keys = v.union([
  v.pipe(v.string(), v.regex(/^[^\0]*[^\s\0][^\0]*$/, 'lines of known_hosts, or the path of a file of them')),
  variableReference,
]);

const ssh = {
  host: v.pipe(value, v.description('`user@host` or `user@host:port`.')),
  'known-hosts': v.optional(
    v.pipe(
      keys,
      v.description(
        "The host's public keys as lines of known_hosts, or a file of them; no other is accepted.",
      ),
    ),
  ),
  key: v.optional(
    v.pipe(
      environmentSecretReference,
      v.description('Private key; unless said the member `ssh-key` of DEPLOY_SECRETS, else an agent.'),
    ),
  ),
};

export const transport = v.picklist(['local', 'ssh']);

export const sshSchema: v.GenericSchema<SshBlock> = v.pipe(
  v.strictObject({ ...ssh, host: v.optional(ssh.host) }),
  v.description('How a host is reached with `transport: ssh`; for each of `hosts` unless it says otherwise.'),
);

const host = v.strictObject({
  name: v.pipe(name, v.description('What the host is called in logs and records.')),
  transport: v.optional(v.pipe(transport, v.description("The target's unless said; `ssh` with `ssh.host`."))),
  ssh: v.optional(v.strictObject({ ...ssh, host: v.optional(ssh.host) })),
  engine: v.optional(v.pipe(value, v.description("Docker engine of this host; the target's unless said."))),
  proxy: v.optional(
    v.pipe(
      v.strictObject({ socket: v.optional(value), backend: v.optional(value) }),
      v.description("HAProxy of this host; the target's unless said."),
    ),
  ),
});

export const hostsSchema: v.GenericSchema<HostBlock[]> = v.pipe(
  v.array(host),
  v.minLength(1, 'at least one host'),
  v.maxLength(64, 'at most 64 hosts'),
  v.description('Several hosts of this target; the first one goes alone, as the gate for the others.'),
);

export const waveSchema = v.pipe(
  v.union([
    v.pipe(
      v.number(),
      v.integer('a whole number'),
      v.minValue(1, 'a number of hosts from 1 to 64'),
      v.maxValue(64, 'a number of hosts from 1 to 64'),
    ),
    v.pipe(v.string(), v.regex(/^(?:100|[1-9][0-9]?)%$/, 'a share such as 25%')),
  ]),
  v.description('How many of `hosts` go at a time after the first; 1 unless said.'),
);

export const onFailureSchema = v.pipe(
  v.picklist(['undo', 'hold']),
  v.description('What becomes of hosts that are done when another one fails; `undo` unless said.'),
);

export const onCancelSchema = v.pipe(
  v.picklist(['undo', 'hold']),
  v.description(
    'What becomes of a deployment whose step is cancelled or killed; `undo` unless said, `hold` leaves what serves.',
  ),
);

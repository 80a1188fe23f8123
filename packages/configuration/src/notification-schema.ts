// Who hears of a delivery: mail servers and webhooks, and which news each gets.
import * as v from 'valibot';
import type { NewsKind } from './decision.js';
import { notifySecretReference, path, port, value, variableReference } from './schema-values.js';

export const newsKinds = [
  'approval-requested',
  'deployed',
  'released',
  'failed',
] as const satisfies readonly NewsKind[];

const common = {
  on: v.optional(
    v.pipe(
      v.array(v.picklist(newsKinds)),
      v.minLength(1, 'at least one kind of news'),
      v.description('The news it gets.'),
    ),
    [...newsKinds],
  ),
  required: v.optional(
    v.pipe(v.boolean(), v.description('True: the run fails when the news cannot be delivered.')),
    false,
  ),
};

const smtp = v.strictObject({
  type: v.literal('smtp'),
  host: v.pipe(value, v.description('Mail server.')),
  port: v.optional(v.union([port, variableReference]), 587),
  from: v.pipe(value, v.description('user@host or Name <user@host>.')),
  to: v.pipe(v.array(value), v.minLength(1, 'at least one address')),
  starttls: v.optional(v.picklist(['required', 'opportunistic', 'none']), 'required'),
  username: v.optional(value),
  password: v.optional(notifySecretReference),
  'ca-file': v.optional(v.pipe(path, v.description('PEM file with authorities to trust as well.'))),
  ...common,
});

const webhook = v.strictObject({
  type: v.literal('webhook'),
  url: v.union([value, notifySecretReference]),
  secret: v.pipe(notifySecretReference, v.description('The key that signs every message.')),
  allow: v.optional(
    v.pipe(
      v.array(v.picklist(['loopback', 'private', 'link-local'])),
      v.description('Kinds of addresses that are refused otherwise.'),
    ),
    [],
  ),
  ...common,
});

export const notificationSchema = v.variant('type', [smtp, webhook]);

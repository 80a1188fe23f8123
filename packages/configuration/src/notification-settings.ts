// The inputs of notify for each kind of news that somebody hears of.
import { type ChannelForm, channelForms, checkEncryption, inForm } from './channel-forms.js';
import type { JsonValue, NewsKind, Settings } from './decision.js';
import { newsKinds } from './notification-schema.js';
import type { References } from './references.js';
import type { NotificationConfiguration, Value } from './schema.js';

export interface NewsSituation {
  readonly references: References;
  /** Kinds of news that this run can have. */
  readonly kinds: readonly NewsKind[];
  /** What templates see as `data` where the workflow adds none of its own. */
  readonly data: Readonly<Record<string, JsonValue>>;
}

/** Settings of notify by kind of news; kinds that no channel wants are left out. @throws {ActionError} `invalid-notification` */
export function notificationSettings(
  notifications: Readonly<Record<string, NotificationConfiguration>>,
  { references, kinds, data }: NewsSituation,
): Readonly<Partial<Record<NewsKind, Settings>>> {
  const wanted = newsKinds.filter((kind) => kinds.includes(kind));
  // Only what this run may send is looked up: a variable of another run must not stop it.
  const channels = Object.entries(notifications)
    .filter(([, { on }]) => on.some((kind) => wanted.includes(kind)))
    .map(([name, notification]) => ({
      on: notification.on,
      channel: channelOf(name, notification, references),
    }));
  return Object.fromEntries(
    wanted.flatMap((kind) => {
      const mine = channels.filter(({ on }) => on.includes(kind)).map(({ channel }) => channel);
      return mine.length === 0 ? [] : [[kind, { leg: kind, event: kind, channels: mine, data }]];
    }),
  );
}

type Resolve = (value: Value, form: ChannelForm, ...keys: readonly (string | number)[]) => string;

function channelOf(name: string, notification: NotificationConfiguration, references: References): Settings {
  const path = ['notifications', name];
  const resolve: Resolve = (value, form, ...keys) => {
    const text = references.resolve(value, [...path, ...keys]);
    // A missing variable is reported with all others.
    return text === null ? '' : inForm([...path, ...keys], text, form);
  };
  const common = { name, required: notification.required };
  if (notification.type === 'webhook') {
    const { url, secret, allow } = notification;
    const isSecret = typeof url === 'object' && 'secret' in url;
    const address = isSecret ? { secret: url.secret } : resolve(url, channelForms.url, 'url');
    return { type: 'webhook', ...common, url: address, secret: { secret: secret.secret }, allow };
  }
  return { type: 'smtp', ...common, ...mailServer(name, notification, resolve) };
}

type Smtp = Extract<NotificationConfiguration, { readonly type: 'smtp' }>;

function mailServer(name: string, smtp: Smtp, resolve: Resolve): Settings {
  const { from, to, starttls, username, password, port } = smtp;
  const { address } = channelForms;
  const host = resolve(smtp.host, channelForms.host, 'host');
  if (password !== undefined && host !== '') checkEncryption(name, host, starttls);
  const caFile = smtp['ca-file'];
  return {
    host,
    // A variable is a text; the action takes numbers.
    port: typeof port === 'number' ? port : Number(resolve(port, channelForms.port, 'port')),
    from: resolve(from, address, 'from'),
    to: to.map((each, index) => resolve(each, address, 'to', index)),
    starttls,
    ...(username === undefined ? {} : { username: resolve(username, channelForms.username, 'username') }),
    ...(password === undefined ? {} : { password: { secret: password.secret } }),
    ...(caFile === undefined ? {} : { 'ca-file': caFile }),
  };
}

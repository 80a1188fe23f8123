// The inputs of notify for each kind of news that somebody hears of.
import type { JsonValue, NewsKind, Settings } from './decision.js';
import { failure } from './failures.js';
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

function channelOf(name: string, notification: NotificationConfiguration, references: References): Settings {
  const path = ['notifications', name];
  const text = (value: Value, ...keys: readonly (string | number)[]): string =>
    references.resolve(value, [...path, ...keys]) ?? '';
  const common = { name, required: notification.required };
  if (notification.type === 'webhook') {
    const { url, secret, allow } = notification;
    const address = typeof url === 'object' && 'secret' in url ? { secret: url.secret } : text(url, 'url');
    return { type: 'webhook', ...common, url: address, secret: { secret: secret.secret }, allow };
  }
  const { host, from, to, starttls, username, password } = notification;
  const caFile = notification['ca-file'];
  return {
    type: 'smtp',
    ...common,
    host: text(host, 'host'),
    port: portOf(name, notification.port, references),
    from: text(from, 'from'),
    to: to.map((address, index) => text(address, 'to', index)),
    starttls,
    ...(username === undefined ? {} : { username: text(username, 'username') }),
    ...(password === undefined ? {} : { password: { secret: password.secret } }),
    ...(caFile === undefined ? {} : { 'ca-file': caFile }),
  };
}

/** A variable is a text; the action takes numbers. */
function portOf(name: string, port: number | Exclude<Value, string>, references: References): number {
  if (typeof port === 'number') return port;
  const text = references.resolve(port, ['notifications', name, 'port']);
  const number = Number(text);
  // A missing variable is reported with all others.
  if (text === null) return 0;
  if (/^[1-9][0-9]{0,4}$/.test(text) && number <= 65_535) return number;
  const message = `notifications.${name}.port: a port from 1 to 65535 was expected, ${JSON.stringify(text)} was found`;
  throw failure('invalid-notification', message, `Correct the variable ${port.var}.`);
}

// The cause said more exactly than the judge could: with the instance's last words and where it listens; pure.
import { DeployError } from './errors.js';
import { cannotRunIn } from './last-words.js';

export interface Aftersight {
  /** The instance's last log lines: hostile text. */
  readonly lines: readonly string[];
  /** Where it takes connections inside; null when nobody can tell. */
  readonly listeners: readonly string[] | null;
  /** Port inside the container that is asked; null when none is known. */
  readonly port: number | null;
}

export function diagnose(failure: DeployError, seen: Aftersight): DeployError {
  switch (failure.code) {
    case 'instance-exited':
      return withWords(failure, seen);
    case 'not-listening':
      return withListeners(failure, seen);
    default:
      return failure;
  }
}

function withWords(failure: DeployError, { lines }: Aftersight): DeployError {
  const found = cannotRunIn(lines);
  if (found === null) return failure;
  const message = `${failure.message}: ${found.line}`;
  return new DeployError({ code: 'cannot-run', message, hint: found.hint, cause: failure });
}

function withListeners(failure: DeployError, { listeners, port }: Aftersight): DeployError {
  if (listeners === null) return failure;
  const found =
    listeners.length === 0 ? 'it listens nowhere' : `inside it listens on ${listeners.join(', ')}`;
  const asked = port === null ? '' : `, port ${port} is asked`;
  return new DeployError({
    code: failure.code,
    message: `${failure.message}; ${found}${asked}`,
    hint: listenHint(listeners, port) ?? failure.hint,
    cause: failure,
  });
}

function listenHint(listeners: readonly string[], port: number | null): string | null {
  const own = listeners.find((place) => /^(127\.|\[::1\])/.test(place) && place.endsWith(`:${port}`));
  if (own !== undefined)
    return `Let the service listen on 0.0.0.0:${port}: ${own} takes connections from inside its container only.`;
  const other = listeners.find((place) => !/^(127\.|\[::1\])/.test(place));
  return other === undefined
    ? null
    : `Set port to ${other.split(':').at(-1)}, or let the service listen on ${port}.`;
}

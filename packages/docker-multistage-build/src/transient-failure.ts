// Failures of a build that may pass by themselves: pulling an image, reading or writing the cache. Never a command's.
import type { Step } from './progress.js';
import type { BuildTrace } from './trace.js';
import { parseVertexName } from './vertex-name.js';

export type TransientKind =
  | 'rate-limited'
  | 'server-error'
  | 'connection-reset'
  | 'timeout'
  | 'expired-token'
  /** Passes without the cache. */
  | 'damaged-cache';

export interface TransientFailure {
  readonly kind: TransientKind;
  /** BuildKit's own words, one line; may hold what the build was given. */
  readonly reason: string;
}

/** Work of BuildKit itself with a registry or a cache; FROM is told by its kind. */
const ownWork =
  /^(?:\[(?:\S+ )?internal\] load metadata for |\[auth\] |(?:importing|exporting) cache|resolve image config for |exporting to )/;
/** Said without a step: what was asked of which registry. */
const ownWords =
  /failed to (?:resolve source metadata|resolve reference|do request|authorize|fetch (?:anonymous|oauth) token|copy|push|configure \w+ cache (?:importer|exporter))|error writing (?:layer|manifest) blob|failed to load cache key|pulling from host/i;

/** Other bytes than the cache's index names; containerd's words. */
const damaged = /unexpected commit (?:digest|size)/i;

/** A quota of hours does not pass in minutes (docs.docker.com, "Pull rate limit"). */
const lasting = /reached your (?:unauthenticated )?pull rate limit/i;

const kinds: readonly (readonly [TransientKind, RegExp])[] = [
  ['expired-token', /token (?:has |is )?expired|expired (?:auth\w* )?token/i],
  ['rate-limited', /\b429\b|too ?many ?requests/i],
  [
    'server-error',
    /(?:status|status code)[^\n]{0,80}?\b5(?:00|02|03|04)\b|\b5(?:00 Internal Server|02 Bad Gateway|03 Service Unavailable|04 Gateway Time)/i,
  ],
  ['timeout', /TLS handshake timeout|i\/o timeout|net\/http: timeout|Client\.Timeout/i],
  [
    'connection-reset',
    /connection reset by peer|broken pipe|unexpected EOF|: EOF\b|http2: server sent GOAWAY/i,
  ],
];

/** A command ran and failed: whatever it printed, running it again is not ours to decide. */
const commandFailed = /did not complete successfully/;

/**
 * Why a failed build is worth another run; null when it is not. A step that failed decides; without one, what the
 * builder said last.
 */
export function transientFailure(trace: Pick<BuildTrace, 'steps' | 'diagnostics'>): TransientFailure | null {
  const failed = trace.steps().filter(({ error }) => error !== null);
  if (failed.some(({ error }) => commandFailed.test(error ?? ''))) return null;
  const wrong = failed.find(({ error }) => damaged.test(error ?? ''))?.error;
  if (wrong != null) return { kind: 'damaged-cache', reason: oneLine(wrong) };
  const blamed = failed.filter((step) => !/context canceled/.test(step.error ?? ''));
  // A cache that could not be read ends no build: BuildKit goes on without it.
  const fatal = blamed.filter(({ name }) => !name.startsWith('importing cache'));
  if (fatal.length > 0) return fatal.every(isOwnWork) ? kindOf(fatal[0]?.error ?? '') : null;
  const said = trace.diagnostics().findLast((line) => line.startsWith('ERROR: '));
  return said !== undefined && ownWords.test(said) && !commandFailed.test(said) ? kindOf(said) : null;
}

function isOwnWork({ name, error }: Step): boolean {
  const { kind, instruction } = parseVertexName(name);
  if (kind === 'FROM' || ownWork.test(name)) return true;
  // Layers are pulled when the first step needs them; that step is no command then.
  return kind !== null && kind !== 'ADD' && !/^ONBUILD/.test(instruction) && ownWords.test(error ?? '');
}

function kindOf(text: string): TransientFailure | null {
  if (lasting.test(text)) return null;
  const found = kinds.find(([, pattern]) => pattern.test(text));
  return found === undefined ? null : { kind: found[0], reason: oneLine(text) };
}

function oneLine(text: string): string {
  const line = text
    .replace(/^ERROR: /, '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.slice(0, 300).toWellFormed();
}

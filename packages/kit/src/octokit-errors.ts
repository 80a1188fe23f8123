// What a failed GitHub call means to people: above all, which permission to add.
import { ActionError } from './errors.js';

interface RequestFailure {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** Turns what Octokit threw into an ActionError; the answer's text stays, request headers never do. */
export function gitHubError(route: string, error: unknown): ActionError {
  const failure = failureOf(error);
  if (failure === null) {
    if (error instanceof ActionError) return error;
    return failed(route, error instanceof Error ? error.message : String(error));
  }
  const { status, message } = failure;
  const limited = status === 429 || (status === 403 && isRateLimit(failure));
  if (limited) return rateLimited(route, failure);
  if (status === 401) {
    return new ActionError({
      code: 'github-permission',
      message: `${route} answered 401: ${message}`,
      hint: `Pass a token that is valid: github-token: \${{ github.token }}.`,
      cause: { status },
    });
  }
  if (status === 403 || status === 404) {
    return new ActionError({
      code: 'github-permission',
      message: `${route} answered ${status}: ${message}`,
      hint: permissionHint(failure),
      cause: { status },
    });
  }
  return failed(route, `${status}: ${message}`, status);
}

/** The HTTP status behind an error of `gitHubError`, or null. */
export function statusOf(error: unknown): number | null {
  const cause = error instanceof ActionError ? error.cause : error;
  const status = (cause as { status?: unknown } | null | undefined)?.status;
  return typeof status === 'number' ? status : null;
}

/** What GitHub answered; null where it says that there is no such thing (404). */
export async function dataOrNull<T>(answer: Promise<{ readonly data: T }>): Promise<T | null> {
  try {
    return (await answer).data;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** GitHub names what it wanted: alternatives apart by `;`, permissions that go together by `,`. */
function permissionHint({ headers, status }: RequestFailure): string {
  const accepted = String(headers['x-accepted-github-permissions'] ?? '');
  const alternatives = accepted
    .split(';')
    .map((alternative) =>
      alternative
        .split(',')
        .map(permission)
        .filter((text) => text !== '')
        .join(' and '),
    )
    .filter((text) => text !== '');
  if (alternatives.length === 0) {
    const missing = status === 404 ? 'See that it exists; if it does, add' : 'Add';
    return `${missing} the permission this call needs to \`permissions:\` of the job.`;
  }
  return `Add ${alternatives.join(', or ')} to \`permissions:\` of the job.`;
}

function permission(pair: string): string {
  const [name = '', level = 'read'] = pair.trim().split('=');
  if (!/^[a-z_]+$/.test(name) || !/^(read|write|admin)$/.test(level)) return '';
  return `\`${name.replaceAll('_', '-')}: ${level}\``;
}

function isRateLimit({ headers, message }: RequestFailure): boolean {
  return (
    headers['x-ratelimit-remaining'] === '0' ||
    headers['retry-after'] !== undefined ||
    /rate limit/i.test(message)
  );
}

function rateLimited(route: string, { headers, status, message }: RequestFailure): ActionError {
  const reset = Number(headers['x-ratelimit-reset'] ?? 0);
  const when = reset > 0 ? ` after ${new Date(reset * 1000).toISOString()}` : ' in some minutes';
  return new ActionError({
    code: 'github-rate-limit',
    message: `${route} answered ${status}: ${message}`,
    hint: `Re-run the failed jobs${when}; the job token has 1,000 requests an hour for a whole repository.`,
  });
}

function failed(route: string, problem: string, status?: number): ActionError {
  return new ActionError({
    code: 'github-failed',
    message: `${route} failed: ${problem}`,
    hint: 'See https://www.githubstatus.com, then re-run the failed jobs.',
    ...(status === undefined ? {} : { cause: { status } }),
  });
}

function failureOf(error: unknown): RequestFailure | null {
  const { status, message, response } = (error ?? {}) as {
    status?: unknown;
    message?: unknown;
    response?: { headers?: RequestFailure['headers'] };
  };
  if (typeof status !== 'number' || response === undefined) return null;
  return { status, message: String(message), headers: response.headers ?? {} };
}

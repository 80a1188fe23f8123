// The job's token for GitHub's cache. A builder that cannot use it fails the build, whatever it was told to ignore.

/** Time that a build may need before its cache is written. */
const marginSeconds = 60;

/**
 * What is wrong with the token, as one clause; null when a builder takes it. Its signature is the service's affair.
 * @param now milliseconds since 1970
 * Source: go-actions-cache, `New`
 */
export function refusedToken(token: string, now: number): string | null {
  const claims = claimsOf(token);
  if (claims === null) return 'its token is of a form that no builder knows';
  const { exp, nbf, ac } = claims;
  if (typeof exp !== 'number' || typeof nbf !== 'number' || !Array.isArray(parsed(String(ac))))
    return 'its token does not say for what and how long it is';
  const seconds = now / 1000;
  if (exp < seconds + marginSeconds) return 'its token has run out';
  return nbf > seconds ? 'its token is not valid yet' : null;
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | null {
  const parts = token.split('.');
  const value = parts.length === 3 ? parsed(Buffer.from(parts[1] ?? '', 'base64url').toString()) : null;
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// A lease as text: who has it, since which taking, until when.
export interface Holder {
  readonly owner: string;
  readonly url: string;
  /** Milliseconds since the epoch, by the owner's clock. */
  readonly expiresAt: number;
  /** 0 in a lease of a version that had none. */
  readonly generation: number;
  /** How long it lasts without a renewal; null when it is not renewed by the clock. */
  readonly leaseMs: number | null;
}

interface Writing {
  readonly owner: string;
  readonly url: string;
  readonly expiryMs: number;
  readonly clock: { now(): number };
}

export function writeHolder(generation: number, { owner, url, expiryMs, clock }: Writing): string {
  return JSON.stringify({
    owner,
    url,
    expiresAt: clock.now() + expiryMs,
    generation,
    leaseMs: expiryMs,
  });
}

/** Null for what nobody can read: nobody can renew it, so nobody holds it. */
export function holderOf(text: string | null): Holder | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { owner, url, expiresAt, generation, leaseMs }: Partial<Record<keyof Holder, unknown>> = value;
    if (typeof owner !== 'string' || typeof url !== 'string' || !isMoment(expiresAt)) return null;
    return {
      owner,
      url,
      expiresAt,
      generation: isMoment(generation) ? generation : 0,
      leaseMs: isMoment(leaseMs) ? Math.min(leaseMs, longestMs) : null,
    };
  } catch {
    return null;
  }
}

/** A lease that says it lasts longer is not watched for longer. */
const longestMs = 60 * 60_000;

/** As far as a date can show it. */
function isMoment(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 8.64e15;
}

// Shares of the traffic as weights of HAProxy's servers; pure.

/** The highest that HAProxy knows: what a server with its full part has. Source: configuration manual 2.6, "weight". */
export const fullWeight = 256;

export interface Weights {
  /** Of each fresh server. */
  readonly fresh: number;
  /** Of each former server. */
  readonly former: number;
}

/**
 * The whole numbers that come nearest to `percent` for `fresh` servers beside `former` ones. Off by less than half a
 * point for any 64 servers on either side and any share (tested).
 */
export function weightsFor(percent: number, { fresh, former }: Weights): Weights {
  if (percent <= 0 || fresh === 0) return { fresh: 0, former: fullWeight };
  if (percent >= 100 || former === 0) return { fresh: fullWeight, former: 0 };
  const ratio = (percent * former) / ((100 - percent) * fresh);
  let best: Weights = { fresh: 1, former: fullWeight };
  let error = Number.POSITIVE_INFINITY;
  for (let weight = fullWeight; weight >= 1; weight -= 1) {
    const other = Math.min(fullWeight, Math.max(1, Math.round(ratio * weight)));
    const part = (100 * fresh * other) / (fresh * other + former * weight);
    if (Math.abs(part - percent) >= error) continue;
    error = Math.abs(part - percent);
    best = { fresh: other, former: weight };
  }
  return best;
}

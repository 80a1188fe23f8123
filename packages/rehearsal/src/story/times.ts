// The times that people's git is given, so that the same acts make the same commits again.

export interface Times {
  now(): number;
  readonly given: readonly number[];
}

/** The same times in the same order as in the last rehearsal, then the present. */
export function createTimes(former: readonly number[], present: () => number): Times {
  const given: number[] = [];
  return {
    given,
    now: () => {
      const time = former[given.length] ?? present();
      given.push(time);
      return time;
    },
  };
}

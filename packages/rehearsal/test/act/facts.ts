// What a run said of itself, in a form that two engines can be compared by.

/** Name → value; what was said several times is joined in order of the values. */
export type Facts = ReadonlyMap<string, string>;

export interface Line {
  /** Id of the job that wrote it. */
  readonly job: string;
  readonly text: string;
}

/** Facts are lines `fact NAME=VALUE`; the one named `needs` is taken apart. */
export function factsOf(lines: readonly Line[], conclusion: string): Facts {
  const said = new Map<string, string[]>([['run', [conclusion]]]);
  const say = (name: string, value: string): void => void said.set(name, [...(said.get(name) ?? []), value]);
  for (const { text } of lines) {
    const [, name, value] = /^fact ([^=]+)=(.*)$/u.exec(text) ?? [];
    if (name === undefined || value === undefined) continue;
    if (name !== 'needs') say(name, value.trimEnd());
    else for (const [key, each] of needsOf(value)) say(key, each);
  }
  const sorted = [...said].map(([name, values]) => [name, values.sort(byText).join(' | ')] as const);
  return new Map(sorted.sort(([one], [other]) => byText(one, other)));
}

/** In which order each job said what it said. */
export function ordersOf(lines: readonly Line[]): Facts {
  const orders = new Map<string, string[]>();
  for (const { job, text } of lines) {
    const [, name, value] = /^fact ([^=]+)=(.*)$/u.exec(text) ?? [];
    if (name === undefined || name === 'needs') continue;
    orders.set(job, [...(orders.get(job) ?? []), `${name} ${value?.split(',')[0]}`]);
  }
  return new Map([...orders].map(([job, names]) => [`order of ${job}`, names.join(', ')]));
}

type Needs = Readonly<
  Record<string, { readonly result: string; readonly outputs: Readonly<Record<string, string>> | null }>
>;

function needsOf(json: string): readonly (readonly [string, string])[] {
  return Object.entries(JSON.parse(json) as Needs).flatMap(([job, { result, outputs }]) => [
    [`${job}: result`, result] as const,
    ...Object.entries(outputs ?? {}).map(([name, value]) => [`${job}: output ${name}`, value] as const),
  ]);
}

export function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export interface Difference {
  readonly fact: string;
  /** `nothing` where it was not said, `empty` where an empty text was. */
  readonly ours: string;
  readonly act: string;
}

export function differences(ours: Facts, act: Facts): readonly Difference[] {
  const names = [...new Set([...ours.keys(), ...act.keys()])];
  const shown = (facts: Facts, name: string): string => (facts.get(name) ?? 'nothing') || 'empty';
  return names
    .map((fact) => ({ fact, ours: shown(ours, fact), act: shown(act, fact) }))
    .filter((each) => each.ours !== each.act)
    .sort((one, other) => byText(one.fact, other.fact));
}

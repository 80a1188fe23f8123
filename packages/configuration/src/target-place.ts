// Where a target is: of production as the commit before says, so that no release moves itself to another host.
import type { EnvironmentConfiguration, TargetConfiguration } from './schema.js';

export type TargetPlace = Pick<TargetConfiguration, 'transport' | 'engine' | 'proxy' | 'ssh' | 'hosts'>;
/** By the target's name; a target that is not in it is where its own file says. */
export type TargetPlaces = Readonly<Record<string, TargetPlace>>;

type Targets = EnvironmentConfiguration['targets'];

export function placesIn({ targets }: EnvironmentConfiguration): TargetPlaces {
  return Object.fromEntries(
    Object.entries(targets).map(([name, { transport, engine, proxy, ssh, hosts }]) => [
      name,
      { transport, engine, proxy, ssh, hosts },
    ]),
  );
}

export function targetsAt(targets: Targets, places: TargetPlaces): Targets {
  return Object.fromEntries(
    Object.entries(targets).map(([name, target]) => [name, { ...target, ...places[name] }]),
  );
}

/** What people should know about targets that moved or are new, by name. */
export function placeNotices(
  environment: string,
  own: TargetPlaces,
  counting: TargetPlaces,
): readonly string[] {
  return Object.entries(own).flatMap(([name, place]) => {
    const before = counting[name];
    if (before === undefined)
      return [`The target ${name} of ${environment} is new: where it is says this very commit.`];
    if (JSON.stringify(before) === JSON.stringify(place)) return [];
    return [
      `The target ${name} of ${environment} stays where it was: another engine, proxy, host or transport counts from the next release on.`,
    ];
  });
}

// Which version this is: the number is part of the source, the commit is given at build or start.

export const version = '1.0.0';

export interface Release {
  readonly version: string;
  readonly commit: string;
}

export function releaseOf(environment: Readonly<Record<string, string | undefined>>): Release {
  return { version, commit: environment['COMMIT'] || 'unknown' };
}

// The environment variables of a step, as a runner sets them.

export interface StepValues {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly state?: Readonly<Record<string, string>>;
}

/** As the runner names them: upper case, spaces as underscores, dashes as they are. */
export function runnerEnvironment({ inputs = {}, state = {} }: StepValues): Record<string, string> {
  const named = Object.entries(inputs).map(([name, value]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    value,
  ]);
  const states = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/tmp',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REF: 'refs/heads/develop',
    GITHUB_SHA: 'a'.repeat(40),
    GITHUB_ACTOR: 'dana',
    GITHUB_RUN_ID: '1000',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    // Nothing may leave this machine by accident.
    GITHUB_API_URL: 'http://127.0.0.1:9',
    ...Object.fromEntries([...named, ...states]),
  };
}

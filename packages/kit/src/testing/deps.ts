// Deps for unit tests: doubles that refuse what a test did not say, so that nothing outside is touched by accident.
import type { Context } from '../context.js';
import type { Deps } from '../deps.js';
import { createFakeClock, type FakeClock } from './clock.js';
import { createTestCore, type RecordingCore } from './core.js';
import { testFolder } from './folder.js';

export type TestDeps = Omit<Deps, 'core' | 'clock'> & {
  readonly core: RecordingCore;
  readonly clock: FakeClock;
};

/** `temporary` is a new folder, gone after the test file; everything else that reaches outside rejects until overridden. */
export function createTestDeps(overrides: Partial<TestDeps> = {}): TestDeps {
  return {
    core: createTestCore(),
    clock: createFakeClock(),
    random: () => 0.5,
    context: createTestContext(),
    run: (command) => refuse(`the command ${command.file} ${command.args.join(' ')}`),
    start: (command) => refuse(`the command ${command.file} ${command.args.join(' ')}`),
    http: (request) => refuse(`a request to ${request.url}`),
    connectGitHub: () => refuse('a connection to GitHub'),
    env: {},
    temporary: overrides.temporary ?? testFolder('headgate-test-'),
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** A push to develop of acme/shop. */
export function createTestContext(overrides: Partial<Context> = {}): Context {
  return {
    eventName: 'push',
    event: {},
    ref: 'refs/heads/develop',
    sha: 'a'.repeat(40),
    repository: { owner: 'acme', name: 'shop', fullName: 'acme/shop' },
    actor: 'dana',
    triggeringActor: 'dana',
    runId: 1000,
    runAttempt: 1,
    runNumber: 1,
    job: 'images',
    workflow: 'delivery',
    workflowRef: 'acme/shop/.github/workflows/delivery.yml@refs/heads/develop',
    serverUrl: 'https://github.com',
    apiUrl: 'https://api.github.com',
    workspace: '/tmp',
    runUrl: 'https://github.com/acme/shop/actions/runs/1000',
    ...overrides,
  };
}

function refuse(what: string): Promise<never> {
  return Promise.reject(new Error(`this test did not expect ${what}`));
}

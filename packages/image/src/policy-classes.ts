// What a runtime image should not hold, and how grave each is unless a policy says otherwise.

export const policyClasses = [
  'build-tools',
  'package-caches',
  'sources',
  'vcs',
  'secrets',
  'debug',
  'root-user',
  'set-uid',
  'world-writable',
] as const;

export type PolicyClass = (typeof policyClasses)[number];

export const policyLevels = ['error', 'warn', 'off'] as const;
export type PolicyLevel = (typeof policyLevels)[number];

/** `note` is for what the base image brings, one level below what the image adds. */
export type FindingLevel = 'error' | 'warn' | 'note';

/** Secrets and version control fail: both give away what nobody meant to ship. The rest is a matter of taste. */
export const defaultLevels: Readonly<Record<PolicyClass, PolicyLevel>> = {
  'build-tools': 'warn',
  'package-caches': 'warn',
  sources: 'warn',
  vcs: 'error',
  secrets: 'error',
  debug: 'warn',
  'root-user': 'warn',
  'set-uid': 'warn',
  'world-writable': 'warn',
};

/** One cure for each class, for people. */
export const cures: Readonly<Record<PolicyClass, string>> = {
  'build-tools': 'Build in a stage of its own and copy only what it made into the last one.',
  'package-caches': 'Clear the cache in the RUN that fills it, or keep it out with RUN --mount=type=cache.',
  sources: 'Copy what the build made, not the folder it was made from, or name the rest in .dockerignore.',
  vcs: 'Name the folder in .dockerignore.',
  secrets: 'Mount it with RUN --mount=type=secret, and revoke what has been published.',
  debug: 'Install it in a stage of its own, which is not shipped.',
  'root-user': 'Add a USER that is not root to the last stage.',
  'set-uid': 'Take the bit away with chmod in the RUN that adds the file.',
  'world-writable': 'Take the right away with chmod, or give the file to the user that needs it.',
};

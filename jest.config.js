// One configuration for the whole workspace. `*.it.test.ts` needs a real tool and runs in the slow half.
const slow = process.env.HEADGATE_SLOW === '1';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/packages', '<rootDir>/test', '<rootDir>/scripts', '<rootDir>/examples'],
  testMatch: ['**/test/**/*.test.ts', '**/test/**/*.test.mjs'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/out/',
    '/dist/',
    '/examples/shop/',
    ...(slow ? [] : ['\\.it\\.test\\.ts$']),
  ],
  modulePathIgnorePatterns: ['/out/', '/dist/', '/.cache/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@headgate/([^/]+)/(.*)$': '<rootDir>/packages/$1/src/$2.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  testTimeout: slow ? 120_000 : 20_000,
  testSequencer: '<rootDir>/scripts/check/real-tools-first.mjs',
  maxWorkers: 2,
  // What the modules of a file take is not given back. A worker that grew to 1.6 GB made its collections, and each start
  // of a program out of it, so slow that the quick half took a fifth more time.
  workerIdleMemoryLimit: '300MB',
};

const { testsByNeed } = require('./test/needs.js');

const files = testsByNeed(__dirname);
const setup = '<rootDir>/test/kit/setup';

/** One project for each set of services, so that a run starts only what its files need. */
const projects = Object.entries({ pure: null, record: `${setup}/record.ts`, whole: `${setup}/whole.ts` })
  .filter(([need]) => files[need].length > 0)
  .map(([need, globalSetup]) => ({
    displayName: need,
    testEnvironment: 'node',
    testMatch: files[need].map((file) => `<rootDir>/${file}`),
    modulePathIgnorePatterns: ['<rootDir>/.data/', '<rootDir>/.cache/', '<rootDir>/(client/)?dist/'],
    transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
    ...(globalSetup && { globalSetup, globalTeardown: `${setup}/teardown.ts` }),
  }));

/** @type {import('jest').Config} */
module.exports = {
  projects,
  reporters: ['default', '<rootDir>/test/kit/countReporter.js'],
  // Each worker may run a database's and a Temporal server's load besides its own.
  maxWorkers: 2,
  // Only what hangs is ended by it: a busy machine may take many times as long as a quiet one.
  testTimeout: 600_000,
};

const pure = { ...require('./jest.config.js') };
delete pure.globalSetup;
delete pure.globalTeardown;

/** Tests that need neither record nor Temporal, for versions of Node beside the one that runs everything. */
module.exports = {
  ...pure,
  reporters: ['default'],
  testMatch: [
    '<rootDir>/test/domain/**/*.test.ts',
    '<rootDir>/test/gateways/**/*.test.ts',
    '<rootDir>/test/client/calculation.test.ts',
  ],
};

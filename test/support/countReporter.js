const { writeFileSync } = require('node:fs');

/**
 * Tells stack/test.ts what the run came to. A file that could not even be loaded counts as a failed test: it would
 * otherwise go by unnoticed.
 */
module.exports = class CountReporter {
  onRunComplete(_contexts, results) {
    if (!process.env.TEST_COUNTS_FILE) return;
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(process.env.TEST_COUNTS_FILE, JSON.stringify(counts));
  }
};

const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');

const SLOWEST = 15;

/**
 * Tells tools/stack/test.ts what the run came to, and a reader of a whole run where its time went. A file that could not even
 * be loaded counts as a failed test: it would otherwise go by unnoticed.
 */
module.exports = class CountReporter {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
  }

  onRunComplete(_contexts, results) {
    if (results.testResults.length > SLOWEST) this.tellSlowest(results.testResults);
    if (!process.env.TEST_COUNTS_FILE) return;
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(process.env.TEST_COUNTS_FILE, JSON.stringify(counts));
  }

  tellSlowest(files) {
    const seconds = ({ perfStats }) => Math.round((perfStats.end - perfStats.start) / 1000);
    const all = files.reduce((sum, file) => sum + seconds(file), 0);
    const slowest = [...files].sort((a, b) => seconds(b) - seconds(a)).slice(0, SLOWEST);
    const lines = slowest.map(
      (file) => `${String(seconds(file)).padStart(6)} s  ${relative(this.rootDir, file.testFilePath)}`,
    );
    process.stderr.write(`\nThe slowest of ${files.length} files (${all} s in all):\n${lines.join('\n')}\n`);
  }
};

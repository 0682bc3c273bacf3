import { runTests } from './runTests';

void runTests(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

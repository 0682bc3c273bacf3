const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');

/** What a test file reads of its environment says which services it needs; the first that fits. */
const RECORD_ONLY = /^TEST_DATABASE_/;
const SERVICE = /\b(TEST_[A-Z_]+|TEMPORAL_[A-Z_]+|CHROMIUM_PATH|PDFTOPPM_PATH|ZBARIMG_PATH)\b/g;

/**
 * The test files by what must be started for them: nothing (`pure`), PostgreSQL (`record`) or everything (`whole`). Read
 * from the files and from what they import of test/, so that there is no list to keep.
 * @param {string} root of the repository
 * @returns {Record<'pure' | 'record' | 'whole', string[]>} paths from the root
 */
function testsByNeed(root) {
  const known = new Map();
  const byNeed = { pure: [], record: [], whole: [] };
  for (const file of testFiles(join(root, 'test'))) {
    const services = [...servicesOf(file, join(root, 'test'), known)];
    const need = services.length === 0 ? 'pure' : services.every((name) => RECORD_ONLY.test(name)) ? 'record' : 'whole';
    byNeed[need].push(relative(root, file));
  }
  return byNeed;
}

function testFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

function servicesOf(file, within, known) {
  const found = known.get(file);
  if (found) return found;
  const services = new Set();
  // Before its imports are read: they may lead back to it.
  known.set(file, services);
  const source = readFileSync(file, 'utf8');
  for (const [, name] of source.matchAll(SERVICE)) services.add(name);
  for (const [, path] of source.matchAll(/(?:from|import\(|require\()\s*'(\.[^']+)'/g)) {
    const target = [
      `${join(dirname(file), path)}.ts`,
      `${join(dirname(file), path)}.tsx`,
      join(dirname(file), path),
    ].find((candidate) => candidate.startsWith(within) && existsSync(candidate) && /\.\w+$/.test(candidate));
    if (target) for (const name of servicesOf(target, within, known)) services.add(name);
  }
  return services;
}

module.exports = { testsByNeed };

#!/usr/bin/env node
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

// A command is short and often runs beside a worker: V8 collects early instead of growing (docs/benchmarks.md, previa).
require('node:v8').setFlagsFromString('--optimize-for-size');

const run = (main) => main(process.argv.slice(2));
const built = join(__dirname, '../cli/main.js');

if (existsSync(built)) void run(require(built).main);
else
  void require('../tools/stack/dependencies.cjs')
    .ensureDependencies()
    .then(() => {
      // In a clone the commands are TypeScript, run as they are: it needs no build.
      require('tsx/cjs');
      return run(require('../cli/main.ts').main);
    });

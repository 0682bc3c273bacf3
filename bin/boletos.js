#!/usr/bin/env node
'use strict';

// A command is short and often runs beside a worker: V8 collects early instead of growing (docs/benchmarks.md, previa).
require('node:v8').setFlagsFromString('--optimize-for-size');

void require('../tools/stack/dependencies.cjs')
  .ensureDependencies()
  .then(() => {
    // The commands are TypeScript, run as they are: a clone needs no build.
    require('tsx/cjs');
    return require('../cli/main.ts').main(process.argv.slice(2));
  });

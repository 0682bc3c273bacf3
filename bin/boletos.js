#!/usr/bin/env node
'use strict';

require('../stack/dependencies.cjs').ensureDependencies();

// The commands are TypeScript, run as they are: a clone needs no build.
require('tsx/cjs');
void require('../client/cli/main.ts').main(process.argv.slice(2));

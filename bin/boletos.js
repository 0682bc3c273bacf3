#!/usr/bin/env node
'use strict';

// The commands are TypeScript, run as they are: a clone needs no build.
try {
  require('tsx/cjs');
} catch {
  console.error('erro: as dependências não estão instaladas\n      instale com npm ci, ou inicie tudo com npm start');
  process.exit(3);
}
void require('../client/cli/main.ts').main(process.argv.slice(2));

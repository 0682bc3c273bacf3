import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/* JavaScript and types of the package, with what it takes from domain/, into client/dist. Run by `npm pack` and `npm publish`. */
const here = import.meta.dirname;
rmSync(join(here, 'dist'), { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '--project', join(here, 'tsconfig.build.json')], { stdio: 'inherit' });

import { manifests } from '../../gateways';
import { root } from '../stack/root';
import { bankNames } from './bankNames';
import { readSources } from './sources';
import { secondWriters } from './writers';

/** A step of `npm run check`: what the other programs cannot see of where things go. */
const files = readSources(root);
const found = [...bankNames(files, Object.values(manifests)), ...secondWriters(files)];
for (const each of found) console.log(each);
process.exitCode = found.length > 0 ? 1 : 0;

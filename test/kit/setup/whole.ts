export { needEverything as default } from './servers';

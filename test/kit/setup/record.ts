export { needRecord as default } from './servers';

export { boletoBatch } from './boletoBatch';

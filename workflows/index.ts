export { boletoBatch } from './boletoBatch';
export { sweepBatches } from './sweepBatches';

export { bankReview } from './bankReview';
export { boletoBatch } from './boletoBatch';
export { deliverWebhook } from './deliverWebhook';
export { guardCarteira } from './guardCarteira';
export { importRows } from './importRows';
export { sweepBatches } from './sweepBatches';

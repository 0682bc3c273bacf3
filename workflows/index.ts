export { bankReview } from './bankReview';
export { boletoBatch } from './boletoBatch';
export { deliverWebhook } from './deliverWebhook';
export { guardCarteira } from './guardCarteira';
export { sweepBatches } from './sweepBatches';

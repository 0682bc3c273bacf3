export { bankReview } from './bankReview';
export { boletoBatch } from './boletoBatch';
export { deliverWebhook } from './deliverWebhook';
export { sweepBatches } from './sweepBatches';

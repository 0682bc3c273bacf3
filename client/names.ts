export const BATCH_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Opaque. The workflow accepts no other: an e-mail address would stay in Temporal's history. */
export const LOGIN = /^[A-Za-z0-9._-]{1,64}$/;
/** All that Temporal is told about why, where a person said it in words: those are in the record. */
export const REASON_CODE = 'operador';

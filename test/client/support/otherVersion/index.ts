import { sleep } from '@temporalio/workflow';

/** A version that does not take the steps of those before it, as after a careless deploy. */
export async function boletoBatch(): Promise<void> {
  await sleep('1 day');
}

/** Between the tabs of one browser: who went to the company's provider to show who it is has come back. */
const CHANNEL = 'boletos:confirmado';

export function tellConfirmed(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(true);
  channel.close();
}

/** @returns how to stop listening */
export function whenConfirmed(then: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = then;
  return () => channel.close();
}

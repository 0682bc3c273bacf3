import { createTransport } from '../../gateways/core/transport';

/** A process that makes one exchange with the address it is given, and tells how it ended. */
void createTransport({ simulated: true })
  .exchange({
    method: 'POST',
    account: { id: 1, version: 1 },
    url: process.argv[2] ?? '',
    headers: {},
    body: '{}',
    timeoutMs: 5_000,
    permit: () => Promise.resolve(),
    maySend: () => true,
  })
  .then((outcome) => process.send?.(outcome, () => process.disconnect()));

// Stands in for a gateway's simulator: listens where it is told to.
import { createServer } from 'node:http';

const server = createServer((_request, response) => response.end(process.env.SIMULATOR_STATE));
const stop = () => server.close(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('disconnect', stop);
server.listen(Number(process.env.SIMULATOR_PORT), '127.0.0.1', () =>
  process.send?.({ ready: true, url: `http://127.0.0.1:${process.env.SIMULATOR_PORT}/api` }),
);

import { run } from './run';

/** The process `boletos`. @param args without node and the script */
export async function main(args: string[]): Promise<void> {
  // A reader that had enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await run(args, process.env, { out: console.log, err: console.error });
}

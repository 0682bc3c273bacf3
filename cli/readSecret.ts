import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError } from './error';

/** In characters; nothing longer is a secret that a person types. */
const LONGEST = 1_000;

/**
 * One line of standard input; typed at a terminal it is not shown.
 * @throws CliError exit 2 for none, more than one, or one that is far too long
 */
export async function readSecret(prompt: string): Promise<string> {
  const lines = process.stdin.isTTY ? [await typed(prompt)] : (await piped()).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const [secret = ''] = lines;
  if (lines.length === 1 && secret !== '' && secret.length <= LONGEST) return secret;
  throw new CliError(
    2,
    'senha_ilegivel',
    lines.length > 1 ? 'a entrada padrão tem mais de uma linha' : 'a entrada padrão não tem uma senha',
    'a senha é uma só linha; nada foi alterado',
  );
}

function typed(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true });
  return new Promise((resolve) => {
    lines.once('SIGINT', () => process.exit(130));
    lines.once('close', () => resolve(''));
    lines.question('', (line) => {
      resolve(line);
      lines.close();
    });
  }).then((line) => {
    process.stderr.write('\n');
    return line as string;
  });
}

async function piped(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    text += chunk;
    if (text.length > 2 * LONGEST) break;
  }
  return text;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';

export interface Answer {
  exitCode: number;
  /** Standard output and standard error as a terminal shows them. */
  output: string;
}

/** What a process has said so far, and whoever waits for more of it. */
class Heard {
  said = '';
  #ended = false;
  #tell = () => {};

  constructor(child: ChildProcess) {
    const heard = (text: string) => {
      this.said += text;
      this.#tell();
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', heard);
    child.once('close', () => {
      this.#ended = true;
      this.#tell();
    });
  }

  /** @throws Error when the process ends without having said it */
  async until<Result>(find: (said: string) => Result | null): Promise<Result> {
    for (;;) {
      const found = find(this.said);
      if (found !== null) return found;
      if (this.#ended) throw new Error(`it ended:\n${this.said}`);
      await new Promise<void>((resolve) => (this.#tell = resolve));
    }
  }

  async end(): Promise<void> {
    while (!this.#ended) await new Promise<void>((resolve) => (this.#tell = resolve));
  }
}

/** A shell that keeps its variables from one command to the next, as a person's does. */
export class Terminal {
  readonly #shell: ChildProcess;
  readonly #heard: Heard;

  constructor(cwd: string, env: Record<string, string>) {
    this.#shell = spawn('bash', ['--noprofile', '--norc'], { cwd, env, stdio: 'pipe' });
    this.#heard = new Heard(this.#shell);
    this.#type('exec 2>&1');
  }

  async run(command: string): Promise<Answer> {
    const mark = `::${randomUUID()} `;
    this.#heard.said = '';
    // What a command reads is not the next command.
    this.#type(`{ ${command}\n} </dev/null; printf '\\n%s%s\\n' '${mark}' "$?"`);
    return this.#heard.until((said) => {
      const [output = '', status] = said.split(`\n${mark}`);
      return status?.endsWith('\n') ? { exitCode: Number(status), output } : null;
    });
  }

  async close(): Promise<void> {
    this.#shell.stdin?.end();
    await this.#heard.end();
  }

  #type(line: string): void {
    this.#shell.stdin?.write(`${line}\n`);
  }
}

/** A command that stays until it is ended, in a terminal of its own. `NAME=value` may stand before it. */
export class Running {
  readonly #child: ChildProcess;
  readonly #heard: Heard;

  constructor(command: string, cwd: string, env: Record<string, string>) {
    this.#child = spawn('bash', ['--noprofile', '--norc', '-c', `exec env ${command}`], { cwd, env, stdio: 'pipe' });
    this.#child.stdin?.end();
    this.#heard = new Heard(this.#child);
  }

  /** @throws Error when it ends before it has said so */
  async says(words: RegExp): Promise<void> {
    await this.#heard.until((said) => (words.test(said) ? true : null));
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#heard.end();
  }
}

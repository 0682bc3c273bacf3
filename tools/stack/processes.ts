import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastWords, sizeOf, StackError } from './errors';
import { ownFolder } from './files';
import { plainEnvironment } from './plainEnvironment';
import { root } from './root';
import type { Say } from './say';
import { stopProcess } from './stopping';
import { until } from './waiting';

/** Stopped in this order: nobody loses what it depends on before it has ended itself. */
const STOP_ORDER = ['worker', 'api', 'gateway', 'temporal', 'postgres'] as const;

export interface Launch {
  command: string;
  args: readonly string[];
  /** All of it: a program that is not ours is given no secret of ours. */
  env: Record<string, string | undefined>;
  /** Only where a server refuses to run as root. */
  uid?: number;
  gid?: number;
  /** Told at once, so that a later run can find what this one left. */
  started?(pid: number): void;
}

/** A child that is kept up. */
export interface Program<Ready> {
  /** Names the log file and, in `pids`, the process. Unique in a stack. */
  name: string;
  kind: (typeof STOP_ORDER)[number];
  /** For the operator: "PostgreSQL", "worker 1". */
  label: string;
  /** Prepares and describes one start; called again for every later one. */
  launch(): Launch | Promise<Launch>;
  /**
   * `ask` is repeated until it answers; `message` reads the first message with `ready: true` of a child of ours, which
   * has an IPC channel, stops on SIGTERM and ends when the channel is gone.
   */
  ready: { ask(): Promise<Ready | undefined> } | { message(message: object): Ready };
  readyWithinMs: number;
  stopSignal: NodeJS.Signals;
  /** From the stop signal to SIGKILL. */
  graceMs: number;
}

/**
 * A child of ours, which is told what it needs: TypeScript run by tsx, in the clone.
 * @param env added to the environment of this process
 */
export function ourProgram(main: string, env: Record<string, string>): Launch {
  // Who owns the tables is the set-up's to know.
  const { MIGRATION_DATABASE_URL: _, ...ours } = process.env;
  return { command: process.execPath, args: ['--import', 'tsx', main], env: { ...ours, ...env } };
}

/** The same for one that needs no secret: it is given none. */
export function ourPlainProgram(main: string, env: Record<string, string>): Launch {
  return { ...ourProgram(main, {}), env: { ...plainEnvironment(/^NODE_/), ...env } };
}

const OWNER_ONLY = 0o077;
const START_ATTEMPTS = 4;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A child that lived this long had recovered; its next fall is a new story. */
const STABLE_AFTER_MS = 60_000;

/** Starts children, starts them again when they die, and stops all of them; also when this process is killed. */
export class Supervisor {
  readonly #running = new Map<
    string,
    { program: Program<unknown>; child: ChildProcess; pid: number; stops: boolean }
  >();
  readonly #cancel = new AbortController();
  /** How often each child fell without having recovered in between. */
  readonly #falls = new Map<string, number>();
  #reaper: ChildProcess | undefined;

  /** @param onChange called after a child was started again and after one ended unasked. */
  constructor(
    private readonly logs: string,
    private readonly say: Say,
    private readonly onChange: () => void = () => {},
  ) {
    ownFolder(logs);
  }

  /**
   * @returns what the ready child told.
   * @throws StackError with the child's own last words when it did not become ready in a few tries.
   */
  async start<Ready>(program: Program<Ready>): Promise<Ready> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#run(program);
      } catch (error) {
        if (attempt === START_ATTEMPTS || this.#isStopping()) throw error;
        const waitMs = backoff(attempt);
        this.say(`… ${program.label} não iniciou; nova tentativa em ${seconds(waitMs)}`);
        await this.#pause(waitMs);
      }
    }
  }

  pid(name: string): number | undefined {
    return this.#running.get(name)?.pid;
  }

  /** Ends every child in order, also one that is just starting. Nothing is started again afterwards. */
  async stop(): Promise<void> {
    this.#cancel.abort();
    for (const kind of STOP_ORDER) {
      const together = [...this.#running.values()].filter(({ program }) => program.kind === kind);
      await Promise.all(together.map((running) => this.#end(running)));
    }
    this.#reaper?.stdin?.end();
  }

  async #run<Ready>(program: Program<Ready>): Promise<Ready> {
    this.#throwIfStopping(program);
    const launch = await program.launch();
    this.#throwIfStopping(program);

    const logFile = join(this.logs, `${program.name}.log`);
    const logStart = sizeOf(logFile);
    const child = this.#spawn(program, launch, logFile);
    const began = performance.now();
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ? `sinal ${signal}` : `código ${code}`));
    });
    const running = { program: program as Program<unknown>, child, pid: child.pid ?? 0, stops: false };
    if (running.pid) {
      this.#running.set(program.name, running);
      launch.started?.(running.pid);
      this.#tellReaper(`+ ${running.pid} ${program.stopSignal} ${program.graceMs} ${stage(program)}`);
    }
    let end: string | undefined;
    void ended.then((how) => {
      end = how;
      if (this.#running.get(program.name) === running) this.#running.delete(program.name);
      if (running.pid) this.#tellReaper(`- ${running.pid}`);
    });

    const ready = await becomesReady(program, child, () => end !== undefined);
    if (!ready) {
      const reason = end ? `terminou ao iniciar (${end})` : `não ficou pronto em ${seconds(program.readyWithinMs)}`;
      await this.#end(running);
      throw new StackError(
        `${program.label} ${reason}. Últimas linhas de ${logFile}:\n${lastWords(logFile, logStart)}`,
      );
    }
    void ended.then((how) => {
      if (running.stops || this.#isStopping()) return;
      void this.#startAgain(program, how, performance.now() - began);
    });
    return ready.value;
  }

  async #startAgain(program: Program<unknown>, how: string, livedMs: number): Promise<void> {
    this.onChange();
    const before = this.#falls.get(program.name) ?? 0;
    let falls = livedMs > STABLE_AFTER_MS ? 1 : before + 1;
    for (let reason = `parou (${how})`; !this.#isStopping(); falls++) {
      this.#falls.set(program.name, falls);
      const waitMs = backoff(falls);
      this.say(`! ${program.label} ${reason}; inicia de novo em ${seconds(waitMs)}`);
      await this.#pause(waitMs);
      if (this.#isStopping()) return;
      try {
        await this.#run(program);
        this.say(`✓ ${program.label} de novo no ar (processo ${this.pid(program.name)})`);
        this.onChange();
        return;
      } catch (error) {
        reason = `não voltou: ${(error as Error).message.split('\n')[0]}`;
      }
    }
  }

  #spawn(program: Program<unknown>, launch: Launch, logFile: string): ChildProcess {
    const log = openSync(logFile, 'a', 0o600);
    // What it writes is for its owner: temporal.db has the whole of every batch in it.
    const before = process.umask(OWNER_ONLY);
    try {
      const { command, args, env, started: _, ...account } = launch;
      return spawn(command, args, {
        ...account,
        cwd: account.uid === undefined ? root : '/',
        env,
        // A file, not a pipe: who writes to a pipe dies with its reader, in the middle of its own shutdown.
        stdio: 'message' in program.ready ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
        // Its own process group: a Ctrl-C in the terminal is for us, who stop the children in order.
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
    } finally {
      process.umask(before);
      closeSync(log);
    }
  }

  async #end(running: { program: Program<unknown>; pid: number; stops: boolean }): Promise<void> {
    running.stops = true;
    if (!running.pid) return;
    const { program } = running;
    if (!(await stopProcess(running.pid, program.stopSignal, program.graceMs)))
      this.say(`! ${program.label} não parou em ${seconds(program.graceMs)} e foi encerrado à força`);
  }

  #tellReaper(line: string): void {
    if (!this.#reaper) {
      this.#reaper = spawn(process.execPath, [join(__dirname, 'reaper.mjs')], {
        env: plainEnvironment(),
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true,
        windowsHide: true,
      });
      // Without it a kill leaves processes behind, which the next start finds and stops.
      this.#reaper.on('error', () => {});
      this.#reaper.stdin?.on('error', () => {});
      this.#reaper.unref();
    }
    this.#reaper.stdin?.write(`${line}\n`);
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#cancel.signal }).catch(() => undefined);
  }

  #isStopping(): boolean {
    return this.#cancel.signal.aborted;
  }

  #throwIfStopping(program: Program<unknown>): void {
    if (this.#isStopping()) throw new StackError(`${program.label} não iniciou: a parada foi pedida`);
  }
}

async function becomesReady<Ready>(
  program: Program<Ready>,
  child: ChildProcess,
  hasEnded: () => boolean,
): Promise<{ value: Ready } | undefined> {
  const { ready } = program;
  let told: { value: Ready } | undefined;
  if ('message' in ready)
    child.on('message', (message) => {
      if (typeof message === 'object' && 'ready' in message && message.ready === true)
        told ??= { value: ready.message(message) };
    });
  const outcome = await until(
    async () => {
      if (hasEnded()) return 'ended';
      if ('ask' in ready) {
        const value = await ready.ask();
        // Somebody else may answer at this address while our child has just failed to take it.
        if (value !== undefined && !hasEnded()) told = { value };
      }
      return told;
    },
    program.readyWithinMs,
    25,
  );
  return outcome === 'ended' ? undefined : outcome;
}

function stage(program: Program<unknown>): number {
  return STOP_ORDER.length - STOP_ORDER.indexOf(program.kind);
}

function backoff(nth: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** (nth - 1), LONGEST_BACKOFF_MS);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).replace('.', ',').replace(',0', '')} s`;
}

/** Exit codes of `boletos`: 1 = the operation was refused, 2 = bad usage or input, 3 = a service cannot be reached. */
export type ExitCode = 1 | 2 | 3;

/** An end that the person at the terminal is told about: what happened, and what to do. */
export class CliError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    /** Stable, for programs: `carteira_desconhecida`. */
    readonly code: string,
    message: string,
    readonly hint: string,
    /** More for programs, beside code, message and hint: `{problems:[…]}`. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

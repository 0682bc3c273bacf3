/** What `boletos usuario senha` asks for. */
export interface NewPasswordOrder {
  login: string;
  /** null: one is made, of 16 random characters. */
  password: string | null;
  /** Login of this machine's system, for the audit. */
  systemLogin: string;
}

export type NewPasswordResult =
  /** `password` only where it was made here: nobody can read it again. */
  | { kind: 'set'; login: string; password: string | null }
  /** @see administrators who could be meant */
  | { kind: 'unknownLogin'; administrators: string[] }
  | { kind: 'inactive' }
  /** Signs in at the company's provider only. */
  | { kind: 'noPassword' }
  /** OIDC_ONLY. */
  | { kind: 'passwordsAreOff' }
  | { kind: 'weak'; message: string; hint: string };

/** Gives a person who signs in by password another one, ends its sessions and lifts its lock. */
export type SetPassword = (order: NewPasswordOrder) => Promise<NewPasswordResult>;

import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { SecretBox } from '../config/secrets';
import type { CheckAccount } from '../domain/account/accountCheck';
import type { SetPassword } from '../operations/newPassword';

/** What every command is given. Connections open at first use and are closed by main.ts. */
export interface CliContext {
  json: boolean;
  /** Opaque id of the person at the terminal (`--por`), as the record knows it. */
  by(): Promise<string>;
  /** @throws CliError exit 3 when the record cannot be reached. */
  database(): Promise<Knex>;
  /** @throws CliError exit 3 when Temporal cannot be reached. */
  temporal(): Promise<Client>;
  /** Brings the record to the present schema. @throws CliError exit 2 without DATABASE_URL */
  prepareRecord(): Promise<{ ran: string[]; application: string | null }>;
  secretBox(): SecretBox;
  /** Tests a carteira's account at its bank, with the gateways that GATEWAYS names. */
  checkAccount: CheckAccount;
  /** Gives a person another password, by the API's rules. */
  setPassword: SetPassword;
  /** One JSON object with --json, else the text for people. */
  print(value: unknown, text: string): void;
  /** Progress and remarks: standard error, silent with --json. */
  note(text: string): void;
}

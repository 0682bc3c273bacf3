import type { Knex } from 'knex';
import * as createRecord from './migrations/001_create_record';
import * as verifyRegistrations from './migrations/002_verify_registrations';
import * as access from './migrations/003_access';
import * as events from './migrations/004_events';
import * as tokenHealth from './migrations/005_token_health';
import * as corrections from './migrations/006_corrections';
import * as webhooks from './migrations/007_webhooks';
import * as quickLists from './migrations/008_quick_lists';
import * as housekeeping from './migrations/009_housekeeping';
import * as webhooksLetGo from './migrations/010_webhooks_let_go';
import * as numbersAndProof from './migrations/011_numbers_and_proof';
import * as accountVersion from './migrations/012_account_version';
import * as bankReview from './migrations/013_bank_review';
import * as today from './migrations/014_today';
import * as guard from './migrations/015_guard';
import * as confirmedSessions from './migrations/016_confirmed_sessions';
import * as unchangeableAudit from './migrations/017_unchangeable_audit';
import * as actionRequests from './migrations/018_action_requests';
import * as chargeTerms from './migrations/019_charge_terms';
import * as pix from './migrations/020_pix';
import * as importsByRow from './migrations/021_imports_by_row';
import * as workAtTheBank from './migrations/022_work_at_the_bank';
import * as resultFeed from './migrations/023_result_feed';
import * as resultWebhooks from './migrations/024_result_webhooks';
import * as importRequests from './migrations/025_import_requests';
import * as verdicts from './migrations/026_verdicts';
import * as accountsOfAnyGateway from './migrations/027_accounts_of_any_gateway';
import * as routeClassesAndQuotas from './migrations/028_route_classes_and_quotas';

const migrations: Record<string, Knex.Migration> = {
  '001_create_record': createRecord,
  '002_verify_registrations': verifyRegistrations,
  '003_access': access,
  '004_events': events,
  '005_token_health': tokenHealth,
  '006_corrections': corrections,
  '007_webhooks': webhooks,
  '008_quick_lists': quickLists,
  '009_housekeeping': housekeeping,
  '010_webhooks_let_go': webhooksLetGo,
  '011_numbers_and_proof': numbersAndProof,
  '012_account_version': accountVersion,
  '013_bank_review': bankReview,
  '014_today': today,
  '015_guard': guard,
  '016_confirmed_sessions': confirmedSessions,
  '017_unchangeable_audit': unchangeableAudit,
  '018_action_requests': actionRequests,
  '019_charge_terms': chargeTerms,
  '020_pix': pix,
  '021_imports_by_row': importsByRow,
  '022_work_at_the_bank': workAtTheBank,
  '023_result_feed': resultFeed,
  '024_result_webhooks': resultWebhooks,
  '025_import_requests': importRequests,
  '026_verdicts': verdicts,
  '027_accounts_of_any_gateway': accountsOfAnyGateway,
  '028_route_classes_and_quotas': routeClassesAndQuotas,
};

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () => Promise.resolve(Object.keys(migrations)),
  getMigrationName: (name) => name,
  getMigration: (name) => Promise.resolve(migrations[name] as Knex.Migration),
};

/**
 * Brings the database to the present schema. Safe to run by several processes at once: knex holds a lock.
 * @returns the names of those that were missing
 */
export async function migrate(knex: Knex): Promise<string[]> {
  const [, ran] = (await knex.migrate.latest({ migrationSource })) as [batch: number, ran: string[]];
  return ran;
}

import type { Knex } from 'knex';
import { unknownFiliais } from '../../record/accounts/filiais';
import { Problem } from '../problem';
import { sees, type Actor } from './actor';

/**
 * Refuses filiais that somebody may not give to a person or a token, or that do not exist.
 * @throws Problem `filial_de_outro`, `filial_desconhecida`
 */
export async function refuseUngrantable(knex: Knex, actor: Actor, filiais: readonly number[] | null): Promise<void> {
  if (!sees(actor, filiais))
    throw new Problem(403, 'filial_de_outro', 'Só se dá acesso às próprias filiais.', {
      fields: [{ field: 'filiais', message: 'há filial que não é sua' }],
    });
  const unknown = filiais === null ? [] : await unknownFiliais(knex, filiais);
  if (unknown.length > 0)
    throw new Problem(422, 'filial_desconhecida', 'Há filial que não existe.', {
      fields: [{ field: 'filiais', message: `não existe: ${unknown.join(', ')}` }],
    });
}

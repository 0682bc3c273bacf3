import { useEffect, useState } from 'preact/hooks';
import type { AnswerOf } from '../../../contract/routes';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { useDebounced } from '../../parts/useDebounced';

const RESTS_MS = 350;

export type Check = AnswerOf<'POST /titulos/{id}/validacao'>;

/**
 * Asks the API's checks: of the título as it is, and while one types. What a refused save said counts until the next key.
 * @param name of the título: its ID da cobrança, or the ERP's key
 * @param changes null: nothing can be corrected
 * @param turn changes with each save, and with what is stored
 * @returns the message of each field, and the check of the título as it is, once that is known
 */
export function useValidation(
  name: string,
  changes: Record<string, string> | null,
  { problem, turn }: { problem: ApiProblem | undefined; turn: string },
): { errors: Record<string, string>; asItIs: Check | undefined } {
  const wanted = changes === null ? '' : JSON.stringify(changes);
  // Of what was stored before a save, no complaint is left standing.
  const asked = useDebounced(wanted, RESTS_MS);
  const now = `${turn} ${wanted}`;
  const [found, setFound] = useState<{ of: string; fields: Check['fields'] }>({ of: '', fields: [] });
  const [asItIs, setAsItIs] = useState<Check>();
  useEffect(() => {
    if (asked === '') return;
    let gone = false;
    ask('POST /titulos/{id}/validacao', {
      params: { id: name },
      body: { changes: JSON.parse(asked) as Record<string, string> },
    }).then(
      (check) => {
        if (gone) return;
        setFound({ of: `${turn} ${asked}`, fields: check.fields });
        if (asked === '{}') setAsItIs(check);
      },
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [name, asked, turn]);
  const messages = problem?.fields ?? (now === found.of ? found.fields : []);
  const errors: Record<string, string> = {};
  // The form of a value is told before what the gateway would say to it.
  for (const { field, message } of messages) errors[field.replace(/^changes\./, '')] ??= message;
  return { errors, asItIs };
}

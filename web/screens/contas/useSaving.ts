import { useState } from 'preact/hooks';
import type { Titulo } from '../../../contract/receivable';
import type { AnswerOf } from '../../../contract/routes';
import { ask } from '../../api/ask';
import { ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import type { Check } from './useValidation';

export type Saved = AnswerOf<'PATCH /titulos/{id}'>;
export type Doubt = Check['fields'][number];

export interface Saving {
  saved: Saved | undefined;
  problem: ApiProblem | undefined;
  /** What would still be wrong with the changes that were about to be saved: saved when the same is asked for again. */
  doubts: Doubt[];
  busy: boolean;
  /** @returns what was saved; null: something is told instead */
  save(titulo: Titulo, changes: Record<string, string>): Promise<Saved | null>;
  /** Somebody types on. */
  forget(): void;
}

/** A correction that the prévia would still refuse is told so first, and saved if the person insists. */
export function useSaving(): Saving {
  const [saved, setSaved] = useState<Saved>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [doubted, setDoubted] = useState<{ of: string; doubts: Doubt[] }>();
  const [busy, setBusy] = useState(false);
  const work = async (titulo: Titulo, changes: Record<string, string>): Promise<Saved | null> => {
    const { version } = titulo;
    const id = String(titulo.id);
    const of = JSON.stringify(changes);
    if (doubted?.of !== of) {
      const { fields } = await ask('POST /titulos/{id}/validacao', { params: { id }, body: { changes } });
      const ofForm = fields.filter(({ source }) => source === 'correcao');
      if (ofForm.length > 0) {
        const title = 'A correção não serve; nada foi alterado.';
        throw new ApiProblem(422, 'correcao_invalida', title, undefined, ofForm);
      }
      // What the bank has is judged no more: only what is about to change.
      const doubts = titulo.boleto?.linhaDigitavel ? fields.filter(({ field }) => field in changes) : fields;
      if (doubts.length > 0) {
        setDoubted({ of, doubts });
        return null;
      }
    }
    return ask('PATCH /titulos/{id}', { params: { id }, body: { changes, version } });
  };
  return {
    ...{ saved, problem, busy, doubts: doubted?.doubts ?? [] },
    async save(titulo, changes) {
      setBusy(true);
      setProblem(undefined);
      setSaved(undefined);
      try {
        const answer = await work(titulo, changes);
        setSaved(answer ?? undefined);
        if (answer) setDoubted(undefined);
        return answer;
      } catch (error) {
        setProblem(asProblem(error));
        return null;
      } finally {
        setBusy(false);
      }
    },
    forget() {
      setSaved(undefined);
      setProblem(undefined);
      setDoubted(undefined);
    },
  };
}

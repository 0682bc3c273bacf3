import type { ApiProblem } from '../api/client';
import { fieldWords } from '../screens/auditoria/words';

/** A refusal: what happened and what to do. Read out at once. */
export function ProblemNote({ problem }: { problem: ApiProblem | undefined }) {
  if (!problem) return null;
  return (
    <div class="note note-bad" role="alert">
      <strong>{problem.title}</strong>
      {problem.detail ? <span> {problem.detail}</span> : null}
      {problem.fields.length > 0 ? (
        <ul>
          {problem.fields.map(({ field, message }) => (
            <li key={field}>
              {field ? `${fieldWords(field.split('.').at(-1) ?? field)}: ` : ''}
              {message}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

import { z } from '@hono/zod-openapi';
import type { FieldProblem } from './problem';

/* What is wrong with an input, for whoever sent it. A schema's own message comes before what is said here. */

type Issue = z.core.$ZodIssue;

const types: Record<string, string> = {
  ...{ string: 'um texto', number: 'um número', int: 'um número inteiro', boolean: 'true ou false' },
  ...{ array: 'uma lista', object: 'um objeto', record: 'um objeto', null: 'null' },
};
const formats: Record<string, string> = {
  ...{ date: 'uma data que existe, aaaa-mm-dd', datetime: 'um instante, como 2026-03-31T12:00:00Z' },
  ...{ url: 'um endereço', uuid: 'um UUID', safeint: 'um número inteiro' },
};

z.config({ localeError: (issue) => words(issue as Issue) });

function words(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'é obrigatório';
      return `deve ser ${types[issue.expected] ?? 'de outro tipo'}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'é obrigatório';
      return `deve ser ${oneOf(issue.values.map(String))}`;
    case 'too_small':
      return sized('no mínimo', issue.origin, issue.minimum);
    case 'too_big':
      return sized('no máximo', issue.origin, issue.maximum);
    case 'invalid_format':
      return `deve ser ${formats[issue.format] ?? 'escrito de outra forma'}`;
    case 'unrecognized_keys':
      return `não existe aqui: ${issue.keys.join(', ')}`;
    case 'invalid_union':
      return issue.discriminator === undefined ? 'não tem nenhuma das formas aceitas' : 'não é um dos valores aceitos';
    case 'invalid_key':
      return 'tem um nome que não serve';
    default:
      return 'não serve';
  }
}

function sized(bound: string, origin: string, size: number | bigint): string {
  if (origin === 'string') return size === 1 && bound === 'no mínimo' ? 'está vazio' : `${bound} ${size} caracteres`;
  return origin === 'array' ? `${bound} ${size} na lista` : `${bound} ${size}`;
}

function oneOf(values: readonly string[]): string {
  const last = values.at(-1) ?? '';
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} ou ${last}`;
}

/** Each field by its name in the request. Where several forms are taken, what lacks for the nearest of them. */
export function fieldProblems(issues: readonly Issue[], within: readonly PropertyKey[] = []): FieldProblem[] {
  return issues.flatMap((issue) => {
    const path = [...within, ...issue.path];
    const field = (name: PropertyKey[]) => name.map(String).join('.');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ field: field([...path, key]), message: 'não existe aqui' }));
    const nearest = issue.code === 'invalid_union' ? nearestForm(issue.errors) : null;
    return nearest ? fieldProblems(nearest, path) : [{ field: field(path), message: issue.message }];
  });
}

/** Of which fewest is wrong; null when two are equally near: then nobody knows which was meant. */
function nearestForm(forms: readonly Issue[][]): Issue[] | null {
  const [first, second] = [...forms].sort((one, other) => one.length - other.length);
  return first && (!second || first.length < second.length) ? first : null;
}

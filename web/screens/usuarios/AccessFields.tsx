import type { Role } from '../../../domain/access';
import { Field } from '../../parts/Field';

export interface Access {
  role: Role;
  /** IDs; '' = all. */
  filiais: string;
}

export const roleLabels: Record<Role, string> = {
  consulta: 'Consulta: só vê',
  operador: 'Operador: comunica e corrige',
  administrador: 'Administrador: também contas e acessos',
};

/** Role and filiais, the same for people and for programs. */
export function AccessFields({ access, onChange }: { access: Access; onChange(access: Access): void }) {
  return (
    <>
      <Field label="Papel">
        {(id) => (
          <select
            id={id}
            value={access.role}
            onChange={(event) => onChange({ ...access, role: event.currentTarget.value as Role })}
          >
            {(Object.keys(roleLabels) as Role[]).map((role) => (
              <option key={role} value={role}>
                {roleLabels[role]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Filiais" hint="IDs separados por vírgula; vazio = todas">
        {(id, aria) => (
          <input
            {...{ id, ...aria }}
            pattern="[\d\s,;]*"
            value={access.filiais}
            onInput={(event) => onChange({ ...access, filiais: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}

export function readFiliais(text: string): number[] | null {
  const ids = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  return ids.length === 0 ? null : ids;
}

export function filiaisText(filiais: number[] | null): string {
  if (filiais === null) return 'todas';
  return filiais.length === 0 ? 'nenhuma' : filiais.join(', ');
}

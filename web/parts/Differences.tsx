interface DifferencesProps {
  before: unknown;
  after: unknown;
  /** What people call a field. */
  label(name: string): string;
  /** What people call a value that is a code. */
  words(value: string, name: string): string;
}

/** What a change replaced, and with what, field by field; what stayed the same is not shown. */
export function Differences({ before, after, label, words }: DifferencesProps) {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]),
  );
  if (names.length === 0) return null;
  const shown = (name: string, value: unknown) => plain(value, name, { label, words });
  return (
    <ul class="differences">
      {names.map((name) => (
        <li key={name}>
          {label(name)}: {name in old ? <del>{shown(name, old[name])}</del> : null}
          {name in old && name in now ? ' → ' : null}
          {name in now ? <ins>{shown(name, now[name])}</ins> : null}
        </li>
      ))}
    </ul>
  );
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function plain(value: unknown, name: string, told: Pick<DifferencesProps, 'label' | 'words'>): string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'boolean') return value ? 'sim' : 'não';
  if (Array.isArray(value))
    return value.length === 0 ? 'nenhum' : value.map((each) => plain(each, name, told)).join(', ');
  if (typeof value === 'object')
    return (
      Object.entries(value)
        .map(([part, of]) => `${told.label(part)}: ${plain(of, part, told)}`)
        .join('; ') || 'nenhum'
    );
  return typeof value === 'string' ? told.words(value, name) : JSON.stringify(value);
}

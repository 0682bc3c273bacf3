import { actorLabels } from '../../domain/kinds/actors';

/** Ids of people and of programs that sign in; what is left is a name of the command line. */
const OPAQUE = /^(u|tok|t)-/;

/** Who did something; an id that nobody can read is not shown. */
export function personWords(name: string | null, id: string): string {
  if (name !== null) return name;
  if (id === 'desconhecido') return 'quem não entrou';
  return actorLabels[id] ?? (OPAQUE.test(id) ? 'alguém que não está mais no cadastro' : id);
}

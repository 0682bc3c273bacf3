/** What we say ourselves of calls without an answer, of looks and of decisions: the codes of gateways/core/errors.tsv. */
export const ownCodes: readonly string[] = [
  ...['semVez', 'soEsteTitulo', 'semConexao', 'token', 'numeroDoBanco', 'numeroRepetido', 'numeroDeOutroTitulo'],
  ...['divergencia', 'codigosDivergentes', 'otherAccount'],
];

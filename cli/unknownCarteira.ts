import { CliError } from './error';

export function unknownCarteira(id: number): CliError {
  return new CliError(
    1,
    'carteira_desconhecida',
    `a carteira ${id} não existe`,
    'importe-a antes; veja as existentes com: boletos carteira listar',
  );
}

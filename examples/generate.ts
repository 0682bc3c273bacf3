import { mkdir, writeFile as write } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalDate } from '../domain/kinds/dates';
import { createCustomers, type Customer, type CustomerLine } from './customers';
import { spoil, type Defects } from './defects';
import { createCnpj } from './documents';
import { createRandom } from './random';
import { createTitulos, printed, type TituloKind, type TituloLine } from './titulos';

export const DEMO_CARTEIRA = 1;
const DEFAULT_SEED = 20_260;
const CUSTOMERS = 1_000;
/** Títulos that the demo communicates: open, released, Impresso = Não, one a customer. */
const PENDING = 800;

export interface Examples extends Defects {
  filiais: Record<string, unknown>[];
  carteiras: Record<string, unknown>[];
  clientes: CustomerLine[];
  titulos: TituloLine[];
}

/** The month of an invented internet provider, the same for the same day and seed. */
export function generateExamples({ today, seed = DEFAULT_SEED }: { today: LocalDate; seed?: number }): Examples {
  const random = createRandom(seed);
  const filiais = filiaisWithoutCnpj.map((filial) => ({ ...filial, cnpj: createCnpj(random, false) }));
  const customers = createCustomers(random, CUSTOMERS);
  const create = createTitulos(random, today);

  const pending = customers
    .slice(0, PENDING)
    .map((customer) => ({ customer, titulo: create(customer, { ...open, carteira: DEMO_CARTEIRA }) }));
  const defects = spoil(random, today, pending);

  const spoiled = new Set(defects.defects.map(({ customerId }) => customerId));
  const sound = customers.filter(({ line }) => !spoiled.has(line.id));
  const others = otherTitulos.flatMap(({ count, ...kind }) =>
    Array.from({ length: count }, () => create(random.pick<Customer>(sound), kind)),
  );
  return {
    filiais,
    carteiras,
    clientes: customers.map(({ line }) => line),
    titulos: [...pending.map(({ titulo }) => titulo), ...others],
    ...defects,
  };
}

const filiaisWithoutCnpj = [
  {
    type: 'filial',
    id: 1,
    razao: 'Rede Ventoleste Telecomunicações Ltda',
    fantasia: 'Ventoleste Sudeste',
    endereco: 'Avenida Independência',
    numero: '1500',
    complemento: 'sala 12',
    bairro: 'Centro',
    cidade: 'Campinas',
    uf: 'SP',
    cep: '13010-000',
  },
  {
    type: 'filial',
    id: 2,
    razao: 'Rede Ventoleste Sul Telecomunicações Ltda',
    fantasia: 'Ventoleste Sul',
    endereco: 'Rua Quinze de Novembro',
    numero: '742',
    complemento: '',
    bairro: 'Centro',
    cidade: 'Curitiba',
    uf: 'PR',
    cep: '80020-310',
  },
  {
    type: 'filial',
    id: 3,
    razao: 'Rede Ventoleste Norte Telecomunicações Ltda',
    fantasia: 'Ventoleste Norte',
    endereco: 'Avenida das Nações',
    numero: '88',
    complemento: '2º andar',
    bairro: 'Boa Vista',
    cidade: 'Recife',
    uf: 'PE',
    cep: '50050-000',
  },
];

const open = { status: 'A', released: true, impresso: false, due: [5, 35] } as const;

/** The rest of a month: what the demo's filters leave out, and two other carteiras. */
const otherTitulos: (TituloKind & { count: number })[] = [
  { count: 25, carteira: 1, status: 'A', released: false, impresso: false, due: [10, 40] },
  { count: 100, carteira: 1, status: 'A', released: true, impresso: true, due: [2, 30] },
  { count: 400, carteira: 1, status: 'R', released: true, impresso: true, due: [-60, -2] },
  { count: 10, carteira: 1, status: 'R', released: true, impresso: false, due: [-10, 20] },
  { count: 40, carteira: 1, status: 'P', released: true, impresso: true, due: [-30, 10] },
  { count: 20, carteira: 1, status: 'C', released: true, impresso: false, due: [-20, 20] },
  { count: 15, carteira: 1, status: 'C', released: false, impresso: true, due: [-60, -1] },
  { count: 120, carteira: 2, ...open },
  { count: 80, carteira: 2, status: 'R', released: true, impresso: true, due: [-60, -2] },
  { count: 60, carteira: 3, ...open },
  { count: 30, carteira: 3, status: 'R', released: true, impresso: false, due: [-40, -2] },
];

const carteiras = [
  {
    type: 'carteira',
    id: DEMO_CARTEIRA,
    descricao: 'Banco do Brasil 17/35 · mensalidades',
    filial_id: 1,
    carteira: '17',
    variacao_carteira: '35',
    n_convenio: '3128557',
    gateway_nome: 'banco-do-brasil',
    ambiente_homologacao_gateway: 'S',
    timeout: 5,
    juros: '1,00',
    multa: '2,00',
    desconto: '0',
    especie: 'DM',
    baixa_automatica_dias: 60,
    pix: 'S',
  },
  {
    type: 'carteira',
    id: 2,
    descricao: 'Banco do Brasil 17/19 · serviços',
    filial_id: 2,
    carteira: '17',
    variacao_carteira: '19',
    n_convenio: '3128558',
    gateway_nome: 'banco-do-brasil',
    ambiente_homologacao_gateway: 'S',
    timeout: 30,
    juros: '1,00',
    multa: '2,00',
    desconto: '5',
    especie: 'DS',
    baixa_automatica_dias: 30,
    endereco_boleto: 'cobranca',
  },
  { type: 'carteira', id: 3, descricao: 'Cobrança no balcão (sem gateway)', filial_id: 3 },
];

/** The files of `examples`, in the order in which they are imported. */
export interface ExampleFiles {
  imports: string[];
  bankFacts: string;
  corrections: string;
}

/**
 * Writes `cadastro.jsonl` and `titulos.jsonl` for `boletos importar`, `fatos-do-banco.json` for the bank's simulator,
 * and `correcoes.json` with what an operator would find out. @returns the paths.
 */
export async function writeExamples(folder: string, examples: Examples): Promise<ExampleFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // As files of a real cadastro should be.
  const writeFile = (path: string, text: string) => write(path, text, { mode: 0o600 });
  const files = {
    imports: [join(folder, 'cadastro.jsonl'), join(folder, 'titulos.jsonl')],
    bankFacts: join(folder, 'fatos-do-banco.json'),
    corrections: join(folder, 'correcoes.json'),
  };
  const { filiais, carteiras, clientes, titulos, corrections, discards, defects, bankFacts } = examples;
  await writeFile(files.imports[0] as string, jsonLines([...filiais, ...carteiras, ...clientes]));
  await writeFile(files.imports[1] as string, jsonLines(titulos.map(printed)));
  await writeFile(files.bankFacts, `${JSON.stringify(bankFacts, null, 2)}\n`);
  await writeFile(files.corrections, `${JSON.stringify({ corrections, discards, defects }, null, 2)}\n`);
  return files;
}

function jsonLines(lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

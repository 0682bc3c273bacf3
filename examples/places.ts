/** A city with its UF and its range of CEPs (first five digits, from the postal directory's general ranges). */
export interface Place {
  city: string;
  uf: string;
  /** First and last five-digit prefix that the examples use. */
  prefixes: readonly [number, number];
  /** The filial that serves it. */
  filial: 1 | 2 | 3;
}

const place = (city: string, uf: string, from: string, to: string, filial: 1 | 2 | 3): Place => ({
  city,
  uf,
  prefixes: [Number(from), Number(to)],
  filial,
});

export const places: readonly Place[] = [
  place('São Paulo', 'SP', '01200', '05800', 1),
  place('Campinas', 'SP', '13010', '13100', 1),
  place('Ribeirão Preto', 'SP', '14010', '14095', 1),
  place('Sorocaba', 'SP', '18010', '18100', 1),
  place('Santos', 'SP', '11010', '11090', 1),
  place('Rio de Janeiro', 'RJ', '20010', '22790', 1),
  place('Niterói', 'RJ', '24020', '24350', 1),
  place('Petrópolis', 'RJ', '25610', '25750', 1),
  place('Belo Horizonte', 'MG', '30110', '31800', 1),
  place('Uberlândia', 'MG', '38400', '38414', 1),
  place('Juiz de Fora', 'MG', '36010', '36090', 1),
  place('Vitória', 'ES', '29010', '29090', 1),
  place('Vila Velha', 'ES', '29100', '29128', 1),
  place('Curitiba', 'PR', '80010', '82900', 2),
  place('Londrina', 'PR', '86010', '86090', 2),
  place('Maringá', 'PR', '87010', '87080', 2),
  place('Florianópolis', 'SC', '88010', '88090', 2),
  place('Joinville', 'SC', '89201', '89238', 2),
  place('Blumenau', 'SC', '89010', '89080', 2),
  place('Porto Alegre', 'RS', '90010', '91900', 2),
  place('Caxias do Sul', 'RS', '95010', '95110', 2),
  place('Pelotas', 'RS', '96010', '96090', 2),
  place('Campo Grande', 'MS', '79002', '79110', 2),
  place('Cuiabá', 'MT', '78005', '78090', 2),
  place('Goiânia', 'GO', '74010', '74890', 2),
  place('Anápolis', 'GO', '75010', '75130', 2),
  place('Brasília', 'DF', '70200', '71900', 2),
  place('Palmas', 'TO', '77001', '77200', 3),
  place('Salvador', 'BA', '40010', '41800', 3),
  place('Feira de Santana', 'BA', '44001', '44090', 3),
  place('Aracaju', 'SE', '49010', '49090', 3),
  place('Maceió', 'AL', '57010', '57080', 3),
  place('Recife', 'PE', '50010', '52190', 3),
  place('Caruaru', 'PE', '55002', '55040', 3),
  place('João Pessoa', 'PB', '58010', '58090', 3),
  place('Campina Grande', 'PB', '58400', '58440', 3),
  place('Natal', 'RN', '59010', '59130', 3),
  place('Fortaleza', 'CE', '60010', '60860', 3),
  place('Teresina', 'PI', '64000', '64090', 3),
  place('São Luís', 'MA', '65010', '65090', 3),
  place('Belém', 'PA', '66010', '66840', 3),
  place('Macapá', 'AP', '68900', '68909', 3),
  place('Manaus', 'AM', '69005', '69090', 3),
  place('Boa Vista', 'RR', '69301', '69318', 3),
  place('Porto Velho', 'RO', '76801', '76830', 3),
  place('Rio Branco', 'AC', '69900', '69918', 3),
];

export const streets = [
  'Rua das Acácias',
  'Rua dos Ipês',
  'Rua das Palmeiras',
  'Rua Sete de Setembro',
  'Rua Quinze de Novembro',
  'Rua do Comércio',
  'Rua São João',
  'Rua Santa Luzia',
  'Rua das Laranjeiras',
  'Rua Boa Esperança',
  'Rua Bela Vista',
  'Rua dos Girassóis',
  'Rua do Sol',
  'Avenida Brasil',
  'Avenida Beira Rio',
  'Avenida Independência',
  'Avenida das Nações',
  'Avenida Getúlio Vargas',
  'Travessa da Estação',
  'Travessa do Mercado',
  'Alameda das Mangueiras',
  'Estrada da Pedreira',
  'Praça da Matriz',
];

export const districts = [
  'Centro',
  'Jardim América',
  'Vila Nova',
  'Boa Vista',
  'Santo Antônio',
  'São José',
  'Jardim Primavera',
  'Bela Vista',
  'Cidade Alta',
  'Parque Industrial',
  'Vila Operária',
  'Alto da Colina',
];

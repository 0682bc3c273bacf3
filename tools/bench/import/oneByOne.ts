import { Client } from 'pg';

const columns = [
  ...['id', 'customer_id', 'filial_id', 'carteira_id', 'contract_id', 'contract_kind', 'charge_type', 'lote'],
  ...['document', 'installment', 'issue_date', 'due_date', 'amount_cents', 'open_amount_cents', 'status'],
];

/**
 * Títulos as a program writes them that knows no better: one prepared INSERT a row on one connection, each its own
 * transaction; nothing is checked but what the table checks.
 * @returns rows a second
 */
export async function oneByOne(databaseUrl: string, rows: number): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const text = `insert into receivable (${columns.join(', ')}) values (${columns.map((_, nth) => `$${nth + 1}`).join(', ')})`;
    const began = performance.now();
    for (let id = 1; id <= rows; id += 1)
      await client.query({
        ...{ name: 'titulo', text },
        values: [
          ...[id, (id % 500) + 1, 1, 1, id, 'recorrente', 'mensalidade', '2030-01'],
          ...[`NF ${id}`, 1, '2030-01-02', '2030-02-10', 9_990, 9_990, 'A'],
        ],
      });
    return rows / ((performance.now() - began) / 1_000);
  } finally {
    await client.end();
  }
}

import axios from 'axios';
import { on } from 'node:events';
import { Agent } from 'node:http';
import { Pool } from 'pg';
import { z } from 'zod';

/*
 * What is written in an afternoon without this project, for `throughput` to be compared with: one process, axios,
 * connections kept alive. No workflow, no allowance, no fencing, no looks: a kill loses track of what was sent.
 *
 * `loop` and `batches` send one call after another, as ERPs do; `concurrent` is `batches` by a good programmer, with as
 * many calls at once as a worker has.
 */

const { DATABASE_URL, ORIGIN, MODE } = z
  .object({
    DATABASE_URL: z.string(),
    ORIGIN: z.string(),
    /** `loop`: an UPDATE a row, after its call. The others: intents and outcomes in batches, both committed. */
    MODE: z.enum(['loop', 'batches', 'concurrent']),
  })
  .parse(process.env);

const BATCH = 200;
const CALLS_AT_ONCE = MODE === 'concurrent' ? 64 : 1;
/** Batches in flight: while one is sent, the intents of the next are written. */
const LANES = MODE === 'concurrent' ? 2 : 1;

interface Titulo {
  id: number;
  our_number: string;
  cents: number;
  name: string;
  document: string;
  cep: string;
  street: string;
}

interface Account {
  convenio: string;
  token: string;
}

interface Answered {
  id: number;
  status: number;
  line: string | null;
  request: string;
  response: string;
}

const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10).split('-').reverse().join('.');

const pool = new Pool({ connectionString: DATABASE_URL, max: 20 });
const bank = axios.create({
  baseURL: `${ORIGIN}/cobrancas/v2`,
  httpAgent: new Agent({ keepAlive: true, maxSockets: CALLS_AT_ONCE }),
  timeout: 30_000,
  maxRedirects: 0,
  validateStatus: () => true,
});

async function readToken(): Promise<string> {
  const { data } = await axios.post<{ access_token: string }>(
    `${ORIGIN}/oauth/token`,
    new URLSearchParams({ grant_type: 'client_credentials', scope: 'cobrancas.boletos-requisicao' }),
    { auth: { username: 'simulado', password: 'segredo-simulado' } },
  );
  return data.access_token;
}

function bodyOf(titulo: Titulo, convenio: string): object {
  return {
    ...{ numeroConvenio: Number(convenio), numeroCarteira: 17, numeroVariacaoCarteira: 35, codigoModalidade: 1 },
    ...{ dataEmissao: YESTERDAY, dataVencimento: '10.02.2030', valorOriginal: titulo.cents / 100 },
    ...{ indicadorAceiteTituloVencido: 'S', codigoAceite: 'N', codigoTipoTitulo: 2, descricaoTipoTitulo: 'DM' },
    ...{ indicadorPermissaoRecebimentoParcial: 'N', indicadorPix: 'N', desconto: { tipo: 0 } },
    ...{ numeroTituloBeneficiario: String(titulo.id), numeroTituloCliente: titulo.our_number },
    jurosMora: { tipo: 2, porcentagem: 1 },
    multa: { tipo: 2, data: '11.02.2030', porcentagem: 2 },
    pagador: {
      ...{ tipoInscricao: 1, numeroInscricao: Number(titulo.document), nome: titulo.name.toUpperCase() },
      ...{ endereco: titulo.street.toUpperCase(), cep: Number(titulo.cep), cidade: 'SAO PAULO', bairro: 'CENTRO' },
      uf: 'SP',
    },
  };
}

async function register(titulo: Titulo, { convenio, token }: Account): Promise<Answered> {
  const body = bodyOf(titulo, convenio);
  const { status, data } = await bank.post<{ linhaDigitavel?: string }>('/boletos', body, {
    params: { 'gw-dev-app-key': 'chave-simulada' },
    headers: { Authorization: `Bearer ${token}` },
  });
  const line = status === 201 || status === 200 ? (data.linhaDigitavel ?? null) : null;
  return { id: titulo.id, status, line, request: JSON.stringify(body), response: JSON.stringify(data) };
}

/** Runs `work` for each item, at most `atOnce` at a time. */
async function each<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
    }),
  );
}

async function loop(titulos: readonly Titulo[], account: Account): Promise<void> {
  for (const titulo of titulos) {
    const { id, status, line } = await register(titulo, account);
    await pool.query('update hand_written set status = $2, line = $3, sent = true where id = $1', [id, status, line]);
  }
}

async function inBatches(titulos: readonly Titulo[], account: Account): Promise<void> {
  const batches = Array.from({ length: Math.ceil(titulos.length / BATCH) }, (_, index) =>
    titulos.slice(index * BATCH, (index + 1) * BATCH),
  );
  await each(batches, LANES, async (batch) => {
    await pool.query(
      'insert into hand_written_attempt (titulo, body) select * from unnest($1::bigint[], $2::jsonb[])',
      [batch.map(({ id }) => id), batch.map((titulo) => JSON.stringify(titulo))],
    );
    const answers: Answered[] = [];
    await each(batch, CALLS_AT_ONCE / LANES, async (titulo) => void answers.push(await register(titulo, account)));
    await pool.query(
      `with answer as (
         select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[])
           as answer(id, status, line, request, response)),
       kept as (
         update hand_written_attempt a set status = answer.status, request = answer.request,
           response = answer.response, finished_at = now()
         from answer where a.titulo = answer.id)
       update hand_written t set status = answer.status, line = answer.line, sent = true
       from answer where t.id = answer.id`,
      [
        answers.map(({ id }) => id),
        answers.map(({ status }) => status),
        answers.map(({ line }) => line),
        answers.map(({ request }) => request),
        answers.map(({ response }) => response),
      ],
    );
  });
}

/** Ready, told whose boletos to register, done, and so on until its parent lets go: the start of Node is not measured. */
async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  const orders = on(process, 'message') as AsyncIterable<[unknown]>;
  process.send?.('ready');
  for await (const [order] of orders) {
    const { convenio } = z.object({ convenio: z.string() }).parse(order);
    const { rows: titulos } = await pool.query<Titulo>('select * from hand_written where not sent order by id');
    await (MODE === 'loop' ? loop : inBatches)(titulos, { convenio, token: await readToken() });
    process.send?.('done');
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`handWritten: ${String(error)}\n`);
  process.exit(1);
});

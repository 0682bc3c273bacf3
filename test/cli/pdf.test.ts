import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  statSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { addPdfCommand } from '../../cli/pdf';
import { writeWholeFile } from '../../cli/wholeFile';
import type { FaultRule } from '../../gateways/simulator/faults';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { runCommand } from '../kit/command';

let scene: BankScene;
let folder: string;
let file: string;
beforeAll(async () => {
  scene = await openBankScene();
});
afterAll(() => scene.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boletos-pdf-'));
  file = join(folder, 'boletos.pdf');
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  scene.bank.admin.faults([]);
});

const pdf = (...args: string[]) => runCommand(addPdfCommand, ['pdf', ...args], { knex: scene.knex });
const pagesOf = (path: string) =>
  readFileSync(path)
    .toString('latin1')
    .match(/\/Type \/Page\b/g)?.length ?? 0;
const files = () => readdirSync(folder);

async function registeredBatch(count: number): Promise<{ batchId: string; receivableIds: number[] }> {
  const batch = await scene.createDueBatch(count);
  await scene.settle(batch.batchId);
  return batch;
}

test('a batch becomes one page for each registered boleto; the others are counted and named', async () => {
  const { batchId, receivableIds } = await scene.createDueBatch(4);
  const [refused, wrong] = receivableIds as [number, number];
  await scene.knex.raw(`update customer set cep = '1' where id = (select customer_id from receivable where id = ?)`, [
    refused,
  ]);
  scene.bank.admin.faults([
    { match: { route: 'register', ownReference: String(wrong) }, fault: { kind: 'misprint', what: 'amount' } },
  ]);
  await scene.settle(batchId);
  const run = await pdf(batchId, '--saida', file);
  expect(run.error).toBeNull();
  expect(run.printed).toEqual([
    {
      file,
      boletos: 2,
      pages: 2,
      homologation: 2,
      withoutAddress: ['Provedor Inventado'],
      leftOut: [
        { reason: 'Rejeitado (dados)', count: 1, receivableIds: [refused] },
        { reason: 'Divergência no banco', count: 1, receivableIds: [wrong] },
      ],
    },
  ]);
  expect(run.texts[0]).toContain(`1 título sem PDF (Divergência no banco): ${wrong}`);
  expect(pagesOf(file)).toBe(2);
  expect(files()).toEqual(['boletos.pdf']);
});

test('more boletos than are read at once come all, each once', async () => {
  const { batchId } = await registeredBatch(1);
  const count = 450;
  const first = await scene.knex('boleto').orderBy('id', 'desc').first('*');
  const attempt = await scene.knex('attempt').where({ boleto_id: first.id }).first('*');
  await scene.knex.raw(
    `with receivables as (
       insert into receivable (id, customer_id, filial_id, carteira_id, issue_date, due_date, amount_cents, open_amount_cents)
       select 900000 + n, r.customer_id, r.filial_id, r.carteira_id, r.issue_date, r.due_date, r.amount_cents, r.open_amount_cents
       from receivable r, generate_series(1, :count) n where r.id = :id returning id),
     boletos as (
       insert into boleto (receivable_id, account_id, convenio, own_reference, our_number, state, linha_digitavel, barcode, registered_at)
       select r.id, b.account_id, b.convenio, r.id::text, '00031285579' || lpad(r.id::text, 9, '0'), 'registered',
         b.linha_digitavel, b.barcode, b.registered_at from receivables r, boleto b where b.id = :boletoId returning id, receivable_id),
     items as (
       insert into batch_item (batch_id, ordinal, receivable_id, boleto_id, state, closed_at)
       select :batchId, receivable_id - 900000 + 1, receivable_id, id, 'registered', now() from boletos returning ordinal, boleto_id)
     insert into attempt (id, boleto_id, batch_id, ordinal, lease_token, receivable_version, snapshot, deadline, resolution, resolved_at)
     select gen_random_uuid(), boleto_id, :batchId, ordinal, 1, 1, :snapshot, now(), 'registered', now() from items`,
    { count, id: first.receivable_id, boletoId: first.id, batchId, snapshot: JSON.stringify(attempt.snapshot) },
  );
  const run = await pdf(batchId, '--saida', file);
  expect(run.printed).toMatchObject([{ boletos: count + 1, leftOut: [] }]);
  expect(pagesOf(file)).toBe(count + 1);
});

describe('one título', () => {
  test('registered is one page', async () => {
    const { receivableIds } = await registeredBatch(1);
    const run = await pdf('--titulo', String(receivableIds[0]), '--saida', file);
    expect(run.printed).toMatchObject([{ boletos: 1, leftOut: [] }]);
    expect(pagesOf(file)).toBe(1);
  });

  test.each<[string, FaultRule[], string]>([
    ['was never communicated', [], 'notCommunicated'],
    ['is a divergence', [{ fault: { kind: 'misprint', what: 'line' } }], 'conflict'],
  ])('that %s is refused with its reason, and no file is begun', async (_what, rules, reason) => {
    const { batchId, receivableIds } = await scene.createDueBatch(1);
    scene.bank.admin.faults(rules);
    if (rules.length > 0) await scene.settle(batchId);
    const { error } = await pdf('--titulo', String(receivableIds[0]), '--saida', file);
    expect(error).toMatchObject({ exitCode: 1, code: 'boleto_nao_registrado', details: { reason } });
    expect(files()).toEqual([]);
  });

  test('that was paid since is refused', async () => {
    const { receivableIds } = await registeredBatch(1);
    await scene.knex('receivable').where({ id: receivableIds[0] }).update({ status: 'R' });
    const { error } = await pdf('--titulo', String(receivableIds[0]), '--saida', file);
    expect(error).toMatchObject({ code: 'boleto_nao_registrado', details: { reason: 'paid' } });
  });

  test('that does not exist is refused', async () => {
    expect((await pdf('--titulo', '424242', '--saida', file)).error).toMatchObject({ code: 'titulo_desconhecido' });
  });
});

test('what is printed is what was registered, whatever the título says since', async () => {
  const { receivableIds } = await registeredBatch(1);
  await scene
    .knex('receivable')
    .where({ id: receivableIds[0] })
    .update({ open_amount_cents: 1, due_date: '2031-01-01' });
  expect((await pdf('--titulo', String(receivableIds[0]), '--saida', file)).error).toBeNull();
});

test('a batch without a registered boleto is refused, with what its títulos are instead', async () => {
  const { batchId, receivableIds } = await scene.createDueBatch(1);
  const { error } = await pdf(batchId, '--saida', file);
  expect(error).toMatchObject({
    exitCode: 1,
    code: 'nenhum_registrado',
    details: { leftOut: [{ reason: 'Na fila', count: 1, receivableIds }] },
  });
  expect(files()).toEqual([]);
});

test('without a place for it, and with --json, nothing is written', async () => {
  expect((await pdf('--titulo', '1')).error).toMatchObject({ exitCode: 2, code: 'saida_ausente' });
  expect((await pdf('--saida', file)).error).toMatchObject({ exitCode: 2, code: 'uso_invalido' });
  expect((await pdf('lote-1', '--titulo', '1', '--saida', file)).error).toMatchObject({ code: 'uso_invalido' });
});

describe('the file', () => {
  test('is readable by its owner only, also where it replaces one that others could read', async () => {
    const { receivableIds } = await registeredBatch(1);
    writeFileSync(file, 'antes', { mode: 0o644 });
    expect((await pdf('--titulo', String(receivableIds[0]), '--saida', file)).error).toBeNull();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('replaces an earlier one only as a whole, also behind a link', async () => {
    const { receivableIds } = await registeredBatch(1);
    writeFileSync(file, 'antes');
    const link = join(folder, 'link.pdf');
    symlinkSync(file, link);
    expect((await pdf('--titulo', String(receivableIds[0]), '--saida', link)).error).toBeNull();
    expect(pagesOf(file)).toBe(1);
    expect(files().sort()).toEqual(['boletos.pdf', 'link.pdf']);
  });

  test.each<[string, (folder: string) => string, number, string]>([
    ['a folder that is not there', (folder) => join(folder, 'nada', 'a.pdf'), 2, 'arquivo_nao_gravado'],
    ['a folder', (folder) => folder, 2, 'arquivo_nao_gravado'],
    ['a full device', () => '/dev/full', 1, 'disco_cheio'],
  ])('%s is a clear error', async (_what, place, exitCode, code) => {
    if (place(folder) === '/dev/full' && !existsSync('/dev/full')) return;
    const { receivableIds } = await registeredBatch(1);
    const { error } = await pdf('--titulo', String(receivableIds[0]), '--saida', place(folder));
    expect(error).toMatchObject({ exitCode, code });
    expect(files()).toEqual([]);
  });

  test.each([
    ['at once', (output: Writable) => void output.destroy()],
    ['with an error', (output: Writable) => void output.destroy(new Error('given up'))],
    ['later', () => undefined],
  ])('given up %s, before its file is open, leaves nothing behind', async (_when, give) => {
    const up = (output: Writable): Promise<never> => {
      give(output);
      return Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' }));
    };
    // Several at once keep the threads busy that open files: they open late.
    const names = Array.from({ length: 9 }, (_, nth) => `${file}.${nth}`);
    const ends = await Promise.allSettled(names.map((name) => writeWholeFile(name, up)));
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
    await Promise.all(names.map((name) => stat(name).catch(() => undefined)));
    expect(files()).toEqual([]);
  });

  test('on a disk that fills up half-way leaves neither a half file nor its own name', async () => {
    const full = (output: Writable): Promise<never> =>
      new Promise((_resolve, reject) => {
        output.write('%PDF-', () => {
          expect(files()).toHaveLength(1);
          reject(Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' }));
        });
      });
    await expect(writeWholeFile(file, full)).rejects.toMatchObject({ exitCode: 1, code: 'disco_cheio' });
    expect(files()).toEqual([]);
    writeFileSync(file, 'antes');
    const again = (output: Writable): Promise<never> => {
      output.destroy();
      return Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' }));
    };
    await expect(writeWholeFile(file, again)).rejects.toMatchObject({ code: 'disco_cheio' });
    expect(readFileSync(file, 'utf8')).toBe('antes');
    expect(files()).toEqual(['boletos.pdf']);
  });
});

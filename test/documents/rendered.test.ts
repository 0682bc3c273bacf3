import { execFile } from 'node:child_process';
import { createWriteStream, copyFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cents } from '../../domain/kinds/money';
import type { PrintableBoleto } from '../../domain/receivable/printable';
import { writeBoletos } from '../../documents/writeBoletos';
import { createQrCode } from '../../gateways/bancoDoBrasil/simulator/pix';
import { eachOf, printableBoleto } from './printable';

const run = promisify(execFile);
const { PDFTOPPM_PATH: pdftoppm = '', ZBARIMG_PATH: zbarimg = '' } = process.env;
/** With PICTURES=1 the picture of docs/ is taken anew. */
const PICTURES = process.env.PICTURES ? join(__dirname, '../../docs/pictures') : null;

/** Skipped where poppler or zbar are not to be had: tools/stack/debianTools.ts says so. */
const testRendered = pdftoppm && zbarimg ? test : test.skip;

const longName =
  'Associação Beneficente Intermunicipal dos Produtores e Comerciantes de Açúcar, Café & Pão-de-Queijo do Vale do Ribeirão das Três Pontes – Núcleo Regional';
const pages: Record<string, PrintableBoleto> = {
  'with Pix': printableBoleto({ pix: true }),
  'without Pix': printableBoleto(),
  'of a long name and address, the largest amount and a mark of homologação': printableBoleto({
    pix: true,
    homologation: true,
    beneficiary: { name: longName, street: 'Avenida Inventada '.repeat(8) },
    charge: {
      ownReference: '123456789012-12',
      amountCents: cents(9_999_999_999),
      payer: { name: longName, street: 'Rua '.repeat(60), district: 'Bairro '.repeat(10) },
    },
  }),
  'whose Pix has accents': {
    ...printableBoleto({ pix: true }),
    pixEmv: createQrCode(
      { number: '00031285570000001042', amountCents: cents(12_990) },
      { name: 'AÇAÍ & PÃO DA VÓ ÂNGELA', city: 'SÃO JOSÉ' },
    ).emv,
  },
  'without any address': printableBoleto({
    beneficiary: { document: '', street: '', district: '', city: '', uf: '', cep: '' },
    charge: { payer: { street: '', district: '', city: '', uf: '', cep: '' } },
  }),
};

let folder: string;
const pdf = () => join(folder, 'boletos.pdf');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boletos-pdf-'));
  await writeBoletos(eachOf(Object.values(pages)), createWriteStream(pdf()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function render(page: number, dpi: number, ...options: string[]): Promise<string> {
  const name = join(folder, `page-${page}-${dpi}`);
  await run(pdftoppm, [
    '-r',
    String(dpi),
    '-f',
    String(page),
    '-l',
    String(page),
    '-singlefile',
    ...options,
    pdf(),
    name,
  ]);
  return name;
}

describe.each(Object.entries(pages))('a page %s', (_what, boleto) => {
  const page = Object.values(pages).indexOf(boleto) + 1;

  testRendered.each([150, 300])('at %s dpi: zbar reads barcode and QR as the record has them', async (dpi) => {
    const picture = `${await render(page, dpi, '-gray', '-png')}.png`;
    expect(await read(picture, 'i25', '--raw')).toBe(`${boleto.barcode}\n`);
    // As bytes: by itself zbar takes accents for Shift_JIS, and tells other letters than the code has.
    expect(await read(picture, 'qrcode', '-Sbinary')).toBe(boleto.pixEmv ?? '');
    if (PICTURES && page === 1 && dpi === 150) copyFileSync(picture, join(PICTURES, 'boleto.png'));
  });
});

/** What zbar finds of one kind. */
async function read(picture: string, symbology: string, option: string): Promise<string> {
  const only = ['-Sdisable', `-S${symbology}.enable`];
  // It ends with 4 where there is none.
  return run(zbarimg, ['-q', '--nodbus', ...only, option, picture]).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      if ((error as { code?: number }).code !== 4) throw error;
      return '';
    },
  );
}

describe('the sizes on paper', () => {
  const DPI = 300;
  const toPixels = (mm: number) => (mm / 25.4) * DPI;
  const toMm = (pixels: number) => (pixels / DPI) * 25.4;

  /** Whether each pixel of the page is dark. */
  async function darkPixels(page: number): Promise<(xMm: number, yMm: number) => boolean> {
    const bytes = await readFile(`${await render(page, DPI, '-gray')}.pgm`);
    const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 40).toString('latin1'));
    const width = Number(head?.[1]);
    const start = head?.[0].length ?? 0;
    return (xMm, yMm) => (bytes[start + Math.round(toPixels(yMm)) * width + Math.round(toPixels(xMm))] ?? 255) < 128;
  }

  testRendered(
    'the bars are 103 × 13 mm, 12 mm from the edge to their middle, and 5 mm around them are white',
    async () => {
      const dark = await darkPixels(1);
      const step = toMm(1);
      const range = (from: number, to: number) =>
        Array.from({ length: Math.floor((to - from) / step) }, (_, index) => from + index * step);
      const middle = 297 - 12;
      const black = range(5, 150).filter((x) => dark(x, middle));
      const [left, right] = [Math.min(...black), Math.max(...black) + step];
      expect(right - left).toBeCloseTo(103, 0);
      expect(left).toBeGreaterThanOrEqual(10 + 5 - 2 * step);
      const bar = range(middle - 8, 296.9).filter((y) => dark(left + step, y));
      expect(Math.max(...bar) + step - Math.min(...bar)).toBeCloseTo(13, 0);
      expect((Math.max(...bar) + Math.min(...bar)) / 2).toBeCloseTo(middle, 0);
      for (const y of [middle - 6, middle, middle + 6])
        for (const x of [...range(left - 5, left - 2 * step), ...range(right + step, right + 5)])
          expect([x, y, dark(x, y)]).toEqual([x, y, false]);
    },
  );

  testRendered('the ficha is what is below the cut: 95 to 108 mm', async () => {
    const dark = await darkPixels(2);
    // Left of every box: only the cut goes to the edge of the paper.
    const cut = Array.from({ length: 2_970 }, (_, tenth) => tenth / 10).filter((y) =>
      [2, 2.5, 3, 3.5].some((x) => dark(x, y)),
    );
    expect(297 - Math.max(...cut)).toBeGreaterThanOrEqual(95);
    expect(297 - Math.min(...cut)).toBeLessThanOrEqual(108);
  });
});

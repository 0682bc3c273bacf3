/*
 * Text that went through a wrong decoding on its way into a cadastro: `AntÃ³nio` is `António` whose UTF-8 bytes were
 * read as Windows-1252, and `CONCEI??O` lost what a database could not hold. A bank takes both, and prints them.
 */

/** 0x80 to 0x9F as Windows-1252 reads them; what it leaves open stays what Latin-1 says. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const byteOf = new Map([...WINDOWS_1252].map((character, index) => [character, 0x80 + index]));

/** The beginning and the rest of one letter in UTF-8, each byte read as a character of its own. */
const READ_AS_TWO = new RegExp(`[Â-ô][\\u0080-\\u00bf${[...byteOf.keys()].join('')}]`, 'u');
/** Twice wrong, three times wrong: nobody does that more often. */
const MOST_TIMES = 3;

/** Lost for good: the mark of a decoder, or a `?` where a letter of a word stood. */
const LOST = /\uFFFD|\p{L}\?+\p{L}|\p{L}\?{2,}|(?<![\p{L}?])\?+(?=\p{L}{2})/u;

/** Most of a cadastro, and a fraction of the time. */
const PLAIN = /^[\x20-\x3e\x40-\x7e]*$/;

/**
 * What is wrong with a text, if its letters are not those that were written.
 * @returns null for one that is as it was written; `repaired` is null where it cannot be told
 */
export function garbled(text: string): { repaired: string | null } | null {
  if (PLAIN.test(text)) return null;
  const decoded = decodedAgain(text);
  const repaired = decoded === null ? null : decoded.normalize('NFC');
  const told = guessed(repaired ?? text);
  if (LOST.test(repaired ?? text)) return { repaired: told !== null && !/[?\uFFFD]/.test(told) ? told : null };
  // A single `?` at the end of a word may have been meant, unless it makes a word that everybody knows.
  const written = told ?? repaired;
  return written === null ? null : { repaired: written };
}

/** The text that these characters were the bytes of, undone as often as it was done; null where they were none. */
function decodedAgain(text: string): string | null {
  let current: string | null = null;
  for (let times = 0; times < MOST_TIMES; times += 1) {
    const before: string | null = decodedOnce(current ?? text);
    if (before === null) break;
    current = before;
  }
  return current;
}

function decodedOnce(text: string): string | null {
  if (!READ_AS_TWO.test(text)) return null;
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const byte = byteOf.get(character) ?? (code <= 0xff ? code : undefined);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  return decodedBytes(bytes) ?? decodedInPlaces(text);
}

/** Only some of its letters were read so: right ones stand beside them, as where two sources were joined. */
function decodedInPlaces(text: string): string | null {
  const result = text.replace(PLACES, (found) => decodedOnceWhole(found) ?? found);
  return result === text ? null : result;
}

const REST = `[\\u0080-\\u00bf${[...byteOf.keys()].join('')}]`;
const PLACES = new RegExp(`(?:[Â-ß]${REST}|[à-ï]${REST}{2})+`, 'gu');

function decodedOnceWhole(text: string): string | null {
  return decodedBytes([...text].map((character) => byteOf.get(character) ?? (character.codePointAt(0) as number)));
}

/** null for bytes that are no UTF-8, or no letters that are written here: the `Ǫ` in `CONCEIÇª` was never one. */
function decodedBytes(bytes: readonly number[]): string | null {
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    return null;
  }
  const isWrittenHere = [...decoded].every((letter) => (letter.codePointAt(0) as number) <= 0xff || byteOf.has(letter));
  return isWrittenHere ? decoded : null;
}

/**
 * Words of names and addresses that have letters which get lost: what was lost is no plain letter, so that mostly one
 * of them fits. Two that both fit (Antônio, António) tell nothing.
 */
const WORDS =
  'abraão adão água águas açaí alcântara aloísio amapá amélia américo andré ângela ângelo antônia antônio antónio ' +
  'anunciação aparício aragão araújo ascensão associação assunção aurélio bárbara belém bonifácio brandão brasília ' +
  'bulhões café câmara cândida cândido cássia cássio ceará cecília célia césar cézar chácara cláudia cláudio comércio ' +
  'comunicações conceição condomínio constituição construções damião débora édson éder edifício élcio eloísa emília ' +
  'encarnação érica érico espírito estação estácio estêvão eulália fábia fábio fabrício falcão farmácia flávia flávio ' +
  'florêncio florianópolis galvão getúlio glória goiânia goiás gonçalo gonçalves guarujá guimarães hélia hélio heloísa ' +
  'hortênsia ignácio inácia inácio independência inês informações instalações ipê ipês íris ítalo joão josé júlia júlio ' +
  'jundiaí júnior laís leão letícia libertação lourenço lúcia lúcio luís luísa luíza macaé maceió magalhães maranhão ' +
  'márcia márcio março marília mário maurício mônica município natália niterói noélia núbia número octávio otávia ' +
  'otávio otília paixão pará paraná patrícia patrício piauí praça próximo prudêncio quilômetro raíssa república ' +
  'ribeirão rogério romão rondônia rosália rúbia salomão são sebastião sérgio serviços silvério simão simões sítio ' +
  'soluções sônia sónia taís tânia taubaté telecomunicações térreo thaís três uberlândia valéria valério vânia venâncio ' +
  'vinícius vitória vítor víctor';
const known = WORDS.split(' ').map((word) => ({
  word,
  // In UTF-8 a letter had two bytes, and each may have left a mark.
  pattern: new RegExp(`^${word.replace(/[^a-z]/g, (letter) => `(?:${letter}|\\?{1,2})`)}$`, 'iu'),
}));
/** -ção and -ções: no other two letters in a row get lost before these. */
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/^(\p{L}*[aeiouãõnpcr])(?:\?\?|\?{4})(o)$/iu, 'çã'],
  [/^(\p{L}*[aeiouãõnpcr])(?:\?\?|\?{4})(es)$/iu, 'çõ'],
];

/** With each word that can be told as it was written; null where none can: nobody's name is made up. */
function guessed(text: string): string | null {
  const told = text.replaceAll('\uFFFD', '?').replace(/[\p{L}?]*\p{L}[\p{L}?]*/gu, (word) => {
    if (!word.includes('?')) return word;
    const [only, ...others] = known.filter(({ pattern }) => pattern.test(word));
    if (only !== undefined && others.length === 0) return inCaseOf(word, only.word);
    for (const [ending, letters] of ENDINGS) {
      const parts = ending.exec(word);
      if (parts) return inCaseOf(word, `${parts[1] ?? ''}${letters}${parts[2] ?? ''}`);
    }
    return word;
  });
  return told === text.replaceAll('\uFFFD', '?') ? null : told;
}

/** `lost` has at least one plain letter: capitals throughout, in front alone, or none. */
function inCaseOf(lost: string, word: string): string {
  const plain = lost.replaceAll('?', '');
  if (plain.length > 1 && plain === plain.toUpperCase()) return word.toUpperCase();
  const first = lost.charAt(0);
  const startsBig = first !== '?' && first !== first.toLowerCase();
  // Of a word that lost its first letter nobody knows how it began: names begin with a capital.
  return startsBig || first === '?' ? word.charAt(0).toUpperCase() + word.slice(1).toLowerCase() : word.toLowerCase();
}

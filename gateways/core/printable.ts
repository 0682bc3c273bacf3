const MAX_EXCHANGE_CHARACTERS = 4_096;
const MAX_MESSAGE_CHARACTERS = 500;

/** Removes from texts what must not be stored or shown: secrets, and who the payer is. */
export type Mask = (text: string) => string;

/**
 * @param secrets values that never appear in a record: tokens, keys, passwords.
 * @param payer whose document and name (in each form in which it is written) are shown in part only.
 */
export function createMask(secrets: readonly string[], payer: { document: string; names: string[] } | null): Mask {
  const replacements: [string, string][] = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    // A short value would blank out ordinary words.
    .filter((secret) => secret.length >= 4)
    .map((secret) => [secret, '***']);
  if (payer) {
    const { document, names } = payer;
    const written = [document, punctuated(document), document.replace(/^0+/, '')];
    replacements.push(
      ...written.filter((form) => form.length >= 8).map((form): [string, string] => [form, maskDocument(document)]),
    );
    const forms = names.flatMap((name) => [name, JSON.stringify(name).slice(1, -1)]);
    replacements.push(
      ...forms.filter((form) => form.length >= 2).map((form): [string, string] => [form, maskName(form)]),
    );
  }
  return hiding(replacements);
}

/**
 * Replaces each occurrence, in capitals or not. Every exchange has other values, so that regular expressions would be
 * compiled for each; to look for capitals is a fraction of that work.
 */
function hiding(replacements: readonly [string, string][]): Mask {
  const sought = replacements.map(([value, shown]) => ({ value, capitals: value.toUpperCase(), shown }));
  return (text) => {
    let masked = text;
    let capitals = text.toUpperCase();
    for (const { value, capitals: what, shown } of sought) {
      // A letter that becomes two (ß) shifts the places behind it.
      const shifted = capitals.length !== masked.length || what.length !== value.length;
      if (!shifted && !capitals.includes(what)) continue;
      masked = shifted ? masked.replace(ignoringCase(value), () => shown) : spliced(masked, capitals, what, shown);
      capitals = masked.toUpperCase();
    }
    return masked;
  };
}

/** `text` with `shown` wherever `capitals`, which has the same length, has `what`. */
function spliced(text: string, capitals: string, what: string, shown: string): string {
  let [result, from] = ['', 0];
  for (let at = capitals.indexOf(what); at >= 0; at = capitals.indexOf(what, from)) {
    result += text.slice(from, at) + shown;
    from = at + what.length;
  }
  return result + text.slice(from);
}

/** What PostgreSQL and a terminal can hold: without NUL, other control characters and lone surrogates, and bounded. */
export function printable(text: string, maxCharacters: number): string {
  const bounded = text.length > maxCharacters ? `${text.slice(0, maxCharacters - 1)}…` : text;
  // Letters of Western Europe: what nearly every answer is made of.
  if (/^[ -~\u00a0-\u024f]*$/.test(bounded)) return bounded;
  return bounded.replace(/[\t\r\n]+/g, ' ').replace(/\p{Cc}|\p{Cs}/gu, '');
}

export function printableMessage(text: string, mask: Mask): string {
  return printable(mask(text.slice(0, 20 * MAX_MESSAGE_CHARACTERS)), MAX_MESSAGE_CHARACTERS).trim();
}

export function printableExchange(text: string, mask: Mask): string {
  return printable(mask(text.slice(0, 4 * MAX_EXCHANGE_CHARACTERS)), MAX_EXCHANGE_CHARACTERS);
}

/** `***.456.789-**` for a CPF; of a CNPJ the first eight characters, which name the company, go. */
function maskDocument(document: string): string {
  if (document.length === 11) return `***.${document.slice(3, 6)}.${document.slice(6, 9)}-**`;
  return `${'*'.repeat(Math.max(0, document.length - 6))}${document.slice(-6)}`;
}

function maskName(name: string): string {
  return name.replace(/(\S)\S*/gu, '$1***');
}

function punctuated(document: string): string {
  if (document.length === 11) return document.replace(/^(.{3})(.{3})(.{3})(.{2})$/, '$1.$2.$3-$4');
  return document.replace(/^(.{2})(.{3})(.{3})(.{4})(.{2})$/, '$1.$2.$3/$4-$5');
}

function ignoringCase(value: string): RegExp {
  return new RegExp(value.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'), 'gi');
}

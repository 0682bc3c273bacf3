/** Years of two digits are of this century: nobody registers a boleto of the last one. */
const CENTURY = '20';

/** `31122026`, `1/2/26` and `2026-11-01` as `dd/mm/aaaa`; what is no date in any of these forms stays as it was typed. */
export function tidyDate(text: string): string {
  const typed = text.trim();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  if (iso) return joined(iso[3], iso[2], iso[1]);
  const brazilian =
    /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})$/.exec(typed) ?? /^(\d{2})(\d{2})(\d{4}|\d{2})$/.exec(typed);
  return brazilian ? joined(brazilian[1], brazilian[2], brazilian[3]) : text;
}

function joined(day = '', month = '', year = ''): string {
  return [day.padStart(2, '0'), month.padStart(2, '0'), year.length === 2 ? CENTURY + year : year].join('/');
}

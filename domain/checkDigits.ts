/** Modulo 10 of the first three fields of a linha digitável: weights 2, 1 from the right, digits of each product summed. */
export function modulo10(digits: string): number {
  let sum = 0;
  for (let at = digits.length - 1, weight = 2; at >= 0; at--, weight = 3 - weight) {
    const product = Number(digits[at]) * weight;
    sum += product > 9 ? product - 9 : product;
  }
  return (10 - (sum % 10)) % 10;
}

/** Modulo 11 of a bank barcode: weights 2 to 9 from the right; 0, 10 and 11 become 1, so it is never 0. */
export function modulo11Barcode(digits: string): number {
  let sum = 0;
  for (let at = digits.length - 1, weight = 2; at >= 0; at--, weight = weight === 9 ? 2 : weight + 1) {
    sum += Number(digits[at]) * weight;
  }
  const digit = 11 - (sum % 11);
  return digit > 9 ? 1 : digit;
}

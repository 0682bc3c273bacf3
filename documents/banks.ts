/** How a bank is named on a boleto: compensation code with its digit, as printed. */
const banks: Readonly<Record<string, { name: string; code: string }>> = {
  '001': { name: 'Banco do Brasil', code: '001-9' },
  '033': { name: 'Santander', code: '033-7' },
  '041': { name: 'Banrisul', code: '041-8' },
  '077': { name: 'Banco Inter', code: '077-9' },
  '104': { name: 'CAIXA', code: '104-0' },
  '237': { name: 'Bradesco', code: '237-2' },
  '341': { name: 'Itaú', code: '341-7' },
  '422': { name: 'Safra', code: '422-7' },
  '748': { name: 'Sicredi', code: '748-X' },
  '756': { name: 'Sicoob', code: '756-0' },
};

/** @param barcode or linha digitável: both begin with the bank */
export function bankOf(barcode: string): { name: string; code: string } {
  const compe = barcode.slice(0, 3);
  return banks[compe] ?? { name: `Banco ${compe}`, code: compe };
}

/** Banco do Brasil stores 20 digits, of which the first three are always zeros and are not printed. */
export function printedOurNumber(bank: { code: string }, ourNumber: string): string {
  return bank.code === '001-9' ? ourNumber.replace(/^000(?=\d{17}$)/, '') : ourNumber;
}

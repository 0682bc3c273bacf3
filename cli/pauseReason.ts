/** The reason is a code: a person's wish, or the configuration failure that stopped the batch. */
export function pauseReasonText(code: string | null): string {
  if (code === null || code === 'operator' || code === 'operador') return 'a pedido de uma pessoa';
  if (code === 'numbering')
    return 'porque o banco tem números deste convênio que este registro não deu (veja o alerta)';
  return `por causa da configuração da carteira ou da conta no banco (${code}); confira com: boletos carteira listar`;
}

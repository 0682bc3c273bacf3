import type { Answer } from '../../simulator/bank';

/** The bank's error bodies come in several shapes; which one depends on what answers. */
export type Shape = 'codigo' | 'codigoMensagem' | 'code';

export interface BankRefusal {
  code: string;
  message: string;
  advice?: string;
  shape?: Shape;
}

export function refused(code: string, message: string, shape?: Shape, advice?: string): BankRefusal {
  return { code, message, ...(shape ? { shape } : {}), ...(advice ? { advice } : {}) };
}

export function json(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body) };
}

export function refusalAnswer(status: number, { code, message, advice, shape = 'codigo' }: BankRefusal): Answer {
  switch (shape) {
    case 'codigo':
      return json(status, {
        erros: [
          { codigo: code, versao: '1', mensagem: message, providencia: advice ?? '', ocorrencia: '0001000000000000' },
        ],
      });
    case 'codigoMensagem':
      return json(status, {
        erros: [{ codigoMensagem: code, versaoMensagem: 1, textoMensagem: message, codigoRetorno: status }],
      });
    case 'code':
      return json(status, { errors: [{ code: `${code}.1`, message, ...(advice ? { action: advice } : {}) }] });
  }
}

/** The API gateway in front of the bank. */
function gatewayError(status: 401 | 403 | 429, message: string): Answer {
  const error = { 401: 'Unauthorized', 403: 'Forbidden', 429: 'Too Many Requests' }[status];
  return json(status, { statusCode: status, error, message, attributes: { error: message } });
}

export function failureAnswer(status: number, route: string): Answer {
  if (route === 'token' && status < 500 && status !== 429)
    return json(status, { error: 'invalid_client', error_description: 'Credenciais inválidas' });
  switch (status) {
    case 401:
      return gatewayError(401, 'Missing or invalid access token');
    case 403:
      return gatewayError(403, 'Bad or expired developer application key');
    case 429:
      return gatewayError(429, 'Limite de requisições excedido');
    case 500:
      // Assumed code: none is published for this case.
      return refusalAnswer(500, { code: 'SIM0500', message: 'Erro interno do servidor', advice: 'Tente novamente.' });
    case 502:
    case 504:
      return {
        status,
        headers: { 'content-type': 'text/html' },
        body: `<html><head><title>${status}</title></head><body><center><h1>${status} Gateway</h1></center></body></html>`,
      };
    default:
      return { status, body: '' };
  }
}

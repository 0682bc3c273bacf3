import type { GatewayManifest } from '../../domain/manifest';
import { bancoDoBrasilManifest } from '../../gateways/bancoDoBrasil/manifest';

const text = { secret: true, kind: 'text' } as const;
const shortCode = { pattern: /^[A-Za-z0-9]{1,10}$/, words: 'de 1 a 10 letras ou dígitos', required: false };

/** A gateway that asks for little: a convênio, and two credentials of which one identifies the account. */
export function inventedManifest(changes: Partial<GatewayManifest> = {}): GatewayManifest {
  return {
    ...bancoDoBrasilManifest,
    ...{ name: 'banco-inventado', label: 'Banco Inventado' },
    accountFields: [
      { key: 'convenio', label: 'Convênio', pattern: /^\d{7}$/, words: '7 dígitos', required: true },
      { key: 'carteira', label: 'Carteira', ...shortCode },
      { key: 'variacao', label: 'Variação', ...shortCode },
      ...bancoDoBrasilManifest.accountFields.filter(({ key }) => key === 'agencia' || key === 'conta'),
    ],
    credentialKeys: [
      { key: 'clientId', label: 'clientId', identifies: true, ...text },
      { key: 'clientSecret', label: 'clientSecret', ...text },
      { key: 'extra', label: 'extra', optional: true, ...text },
    ],
    environments: [
      {
        ...{ label: 'produção', real: true },
        base: 'https://api.banco-inventado.com.br/v1',
        token: 'https://oauth.banco-inventado.com.br/token',
      },
    ],
    ...changes,
  };
}

import type { RouteClass } from '../gateway';

/** What an account at a gateway is made of; the record is handed it and knows no bank. */
export interface KnownGateway {
  limits: Record<RouteClass, Limit>;
  /** Keys that the credentials must have; one of them is `clientId`, which tells accounts apart. */
  credentialKeys: readonly string[];
  optionalCredentialKeys?: readonly string[];
  convenio: RegExp;
  /** The same in words: `7 dígitos`. */
  convenioForm: string;
  /** Nothing can be sent without the variação of the carteira. */
  variationRequired?: boolean;
  /** Where boletos are real: there no carteira is one of homologação, whatever its cadastro says. */
  productionHosts?: readonly string[];
}
export type KnownGateways = Readonly<Record<string, KnownGateway>>;

export interface Limit {
  calls: number;
  windowMs: number;
}

import type { GatewayCodec } from '../domain/gateway';
import { bancoDoBrasilCodec } from './bancoDoBrasil/codec';

/** The pure side of every gateway, by name: for whoever checks without sending, and loads no transport for it. */
export const codecs: Readonly<Record<string, GatewayCodec>> = {
  [bancoDoBrasilCodec.name]: bancoDoBrasilCodec,
};

/** @returns null for a gateway that is not known here. */
export function knownCodec(gateway: string): GatewayCodec | null {
  return (Object.hasOwn(codecs, gateway) ? codecs[gateway] : undefined) ?? null;
}

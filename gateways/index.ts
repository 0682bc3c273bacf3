import type { GatewayCodec } from '../domain/gateway';
import type { GatewayManifest, Manifests } from '../domain/manifest';
import { bancoDoBrasilManifest } from './bancoDoBrasil/manifest';

/** The one list of gateways, by name. Their adapters are in gateways.ts: whoever reads this loads no transport. */
export const manifests: Manifests = Object.fromEntries(
  [bancoDoBrasilManifest].map((manifest) => [manifest.name, manifest]),
);

/** @returns null for a gateway that is not known here. */
export function manifestOf(gateway: string): GatewayManifest | null {
  return (Object.hasOwn(manifests, gateway) ? manifests[gateway] : undefined) ?? null;
}

/** The pure side of a gateway, for whoever checks without sending. */
export function knownCodec(gateway: string): GatewayCodec | null {
  return manifestOf(gateway)?.codec ?? null;
}

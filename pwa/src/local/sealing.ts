/**
 * Seals a mutation for the server (HPKE, RFC 9180, base mode, single shot), when it is written.
 * So a locked phone can deliver what it cannot read.
 */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'

import type { Mutation } from '../outbox/entry.ts'
import { base64url, fromBase64url, utf8 } from './bytes.ts'

/** Encapsulated key and ciphertext, base64url without padding. */
export interface Envelope {
  readonly enc: string
  readonly ct: string
}

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})

/** `serverKey`: an uncompressed P-256 point, base64url. */
export async function sealFor(
  serverKey: string,
  device: string,
  mutation: Mutation,
): Promise<Envelope> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromBase64url(serverKey).buffer)
  const info = utf8(infoOf(device, mutation.id))
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, utf8(JSON.stringify(mutation)))
  return { enc: base64url(enc), ct: base64url(ct) }
}

/** Binds an envelope to the device and the mutation it was made for. */
export function infoOf(device: string, id: string): string {
  return `presente/mut/1\n${device}\n${id}`
}

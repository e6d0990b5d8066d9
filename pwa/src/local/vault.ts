/**
 * The key of one person's store. A random AES-256-GCM key seals the data; it is itself wrapped
 * once per way of unlocking. Neither a PIN nor a hash of it is stored: a wrong one simply does
 * not open the wrapping.
 */
import { base64url, fromBase64url, textOf, utf8, type Bytes } from './bytes.ts'
import { assertPrf, registerPrf } from './passkey.ts'
import { WeakSecret, WrongSecret, type UnlockWay } from './ports.ts'

/** PBKDF2-SHA256 rounds (OWASP 2023): about 0.7 s on a cheap phone. */
export const ROUNDS = 600_000
const LEAST_LENGTH = 8

export type Secret = { readonly pin: string } | { readonly passkey: true }

/** The data key as one way of unlocking keeps it. */
export interface Wrap {
  readonly way: UnlockWay
  readonly salt: Bytes
  readonly iv: Bytes
  readonly key: ArrayBuffer
  readonly rounds: number
  /** Which passkey; empty for a PIN. */
  readonly credential: string
}

export interface Sealed {
  readonly iv: Bytes
  readonly ct: ArrayBuffer
}

export interface NewVault {
  readonly key: CryptoKey
  readonly wrap: Wrap
}

const AES = { name: 'AES-GCM', length: 256 } as const

/** A new key and its wrapping. Rejects with `WeakSecret` or `NoPasskey`. */
export async function createVault(
  secret: Secret,
  label: string,
  rounds = ROUNDS,
): Promise<NewVault> {
  const salt = random(32)
  const iv = random(12)
  const made = await wrappingFor(secret, salt, label, rounds)
  // Extractable for this one wrapping; what is used afterwards is unwrapped as non-extractable.
  const bare = await crypto.subtle.generateKey(AES, true, ['encrypt', 'decrypt'])
  const key = await crypto.subtle.wrapKey('raw', bare, made.kek, { name: 'AES-GCM', iv })
  const way = 'pin' in secret ? 'pin' : 'passkey'
  const wrap: Wrap = { way, salt, iv, key, rounds, credential: made.credential }
  return { key: await unwrapped(wrap, made.kek), wrap }
}

/** Rejects with `WrongSecret` when the secret does not open the wrapping. */
export async function openVault(wrap: Wrap, secret: Secret): Promise<CryptoKey> {
  const kek =
    'pin' in secret
      ? await pinKek(secret.pin, wrap.salt, wrap.rounds)
      : await prfKek(await assertPrf(fromBase64url(wrap.credential), wrap.salt), wrap.salt)
  return unwrapped(wrap, kek)
}

/** `place` (store and key) is authenticated: a record moved elsewhere does not open. */
export async function seal(key: CryptoKey, place: string, value: unknown): Promise<Sealed> {
  const iv = random(12)
  const how = { name: 'AES-GCM', iv, additionalData: utf8(place) }
  return { iv, ct: await crypto.subtle.encrypt(how, key, utf8(JSON.stringify(value))) }
}

export async function open(key: CryptoKey, place: string, sealed: Sealed): Promise<unknown> {
  const how = { name: 'AES-GCM', iv: sealed.iv, additionalData: utf8(place) }
  return JSON.parse(textOf(await crypto.subtle.decrypt(how, key, sealed.ct))) as unknown
}

/** How long to wait before the next try after so many wrong ones: none for three slips, then up to a minute. */
export function delayMs(wrong: number): number {
  return wrong < 3 ? 0 : Math.min(60_000, 1000 * 2 ** (wrong - 3))
}

interface Wrapping {
  readonly kek: CryptoKey
  readonly credential: string
}

async function wrappingFor(
  secret: Secret,
  salt: Bytes,
  label: string,
  rounds: number,
): Promise<Wrapping> {
  if ('pin' in secret) {
    if (secret.pin.length < LEAST_LENGTH) throw new WeakSecret()
    return { kek: await pinKek(secret.pin, salt, rounds), credential: '' }
  }
  const { id, prf } = await registerPrf(salt, label)
  return { kek: await prfKek(prf, salt), credential: base64url(id) }
}

async function pinKek(pin: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const typed = utf8(pin.normalize('NFC'))
  const base = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveKey'])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return crypto.subtle.deriveKey(how, base, AES, false, ['wrapKey', 'unwrapKey'])
}

async function prfKek(prf: ArrayBuffer, salt: Bytes): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', prf, 'HKDF', false, ['deriveKey'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info: utf8('presente/vault/1') }
  return crypto.subtle.deriveKey(how, base, AES, false, ['wrapKey', 'unwrapKey'])
}

async function unwrapped(wrap: Wrap, kek: CryptoKey): Promise<CryptoKey> {
  const how = { name: 'AES-GCM', iv: wrap.iv }
  const uses: KeyUsage[] = ['encrypt', 'decrypt']
  try {
    return await crypto.subtle.unwrapKey('raw', wrap.key, kek, how, AES, false, uses)
  } catch {
    throw new WrongSecret()
  }
}

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** A passkey that makes a key (WebAuthn's PRF extension). It signs nobody in: it only unlocks. */
import type { Bytes } from './bytes.ts'
import { NoPasskey, WrongSecret } from './ports.ts'

export interface Registered {
  readonly id: ArrayBuffer
  readonly prf: ArrayBuffer
}

const ES256 = -7
const RS256 = -257

/** Make a passkey for this store; its sign tells it apart from one that signs in. Rejects with `NoPasskey` where it cannot make keys. */
export async function registerPrf(salt: Bytes, label: string): Promise<Registered> {
  const created = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: 'Presente' },
        user: { id: random(16), name: `🔒 ${label}`, displayName: `🔒 ${label}` },
        challenge: random(32),
        pubKeyCredParams: [ES256, RS256].map((alg) => ({ type: 'public-key' as const, alg })),
        authenticatorSelection: {
          authenticatorAttachment: 'platform',
          // Not to be found at sign-in, where the server would not know it: it is always asked for by its id.
          residentKey: 'discouraged',
          userVerification: 'required',
        },
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  )
  if (!created) throw new NoPasskey()
  const { prf } = created.getClientExtensionResults()
  if (prf?.enabled !== true) throw new NoPasskey()
  const first = asBuffer(prf.results?.first)
  return { id: created.rawId, prf: first ?? (await assertPrf(created.rawId, salt)) }
}

/** Ask the passkey for its key. Rejects with `WrongSecret` when it does not give it. */
export async function assertPrf(id: BufferSource, salt: Bytes): Promise<ArrayBuffer> {
  const given = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: random(32),
        allowCredentials: [{ type: 'public-key', id }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  )
  const first = asBuffer(given?.getClientExtensionResults().prf?.results?.first)
  if (!first) throw new WrongSecret()
  return first
}

/** A person who declines, or a browser without passkeys: null. */
async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await ask()) as PublicKeyCredential | null
  } catch {
    return null
  }
}

function asBuffer(source: BufferSource | undefined): ArrayBuffer | null {
  if (source === undefined) return null
  if (source instanceof ArrayBuffer) return source
  const view = new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
  return Uint8Array.from(view).buffer
}

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** Passkeys: between the server's WebAuthn JSON and the browser. Tells a refusal from a fault. */
import type { PasskeyOptions } from '../../wire/types.gen.ts'

/** The person closed the browser's window, or the device has no passkey for us. */
export class PasskeyRefused extends Error {
  override readonly name = 'PasskeyRefused'
}

/** The server does not know it: the one that unlocks this device stands in the same list. */
export class WrongPasskey extends Error {
  override readonly name = 'WrongPasskey'
}

type CredentialJson = Readonly<Record<string, unknown>>

/** Whether this browser can carry a passkey from JSON and back. */
export function hasPasskeys(): boolean {
  return (
    'PublicKeyCredential' in globalThis &&
    'parseCreationOptionsFromJSON' in PublicKeyCredential &&
    'toJSON' in PublicKeyCredential.prototype
  )
}

/** Make a passkey on this device, and say it in JSON for the server. */
export async function makePasskey({ options }: PasskeyOptions): Promise<CredentialJson> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    inner(options) as unknown as PublicKeyCredentialCreationOptionsJSON,
  )
  return asJson(() => navigator.credentials.create({ publicKey }))
}

/** Use a passkey of this device, and say it in JSON for the server. */
export async function usePasskey({ options }: PasskeyOptions): Promise<CredentialJson> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    inner(options) as unknown as PublicKeyCredentialRequestOptionsJSON,
  )
  return asJson(() => navigator.credentials.get({ publicKey }))
}

/** Some servers wrap the options as the browser's call wants them. */
function inner(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { publicKey } = options
  return typeof publicKey === 'object' && publicKey !== null
    ? (publicKey as Readonly<Record<string, unknown>>)
    : options
}

async function asJson(ask: () => Promise<Credential | null>): Promise<CredentialJson> {
  let credential: Credential | null
  try {
    credential = await ask()
  } catch (error) {
    throw new PasskeyRefused('No passkey', { cause: error })
  }
  if (!(credential instanceof PublicKeyCredential)) throw new PasskeyRefused('No passkey')
  return credential.toJSON() as CredentialJson
}

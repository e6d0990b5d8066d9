/** Signing in over `/api`. */
import type { Client } from '../../wire/client.ts'
import type { InvitationInfo, Me } from '../../wire/types.gen.ts'
import { makePasskey, usePasskey } from './passkey.ts'

/** Who is signed in. Rejects with `SignedOut` when nobody is. */
export function readSession(client: Client): Promise<Me> {
  return client.call('GET /api/session')
}

export function signIn(client: Client, login: string, password: string): Promise<Me> {
  return client.call('POST /api/session', { body: { login: login.trim(), password } })
}

export async function signInWithPasskey(client: Client): Promise<Me> {
  const options = await client.call('POST /api/passkeys/sign-in/options')
  const credential = await usePasskey(options)
  const { ceremony } = options
  return client.call('POST /api/passkeys/sign-in', { body: { ceremony, credential, label: '' } })
}

export async function signOut(client: Client): Promise<void> {
  await client.call('DELETE /api/session')
}

export function lookAtInvitation(client: Client, token: string): Promise<InvitationInfo> {
  return client.call('POST /api/invitations/look', { body: { token } })
}

export function takeDemo(client: Client, token: string): Promise<Me> {
  return client.call('POST /api/invitations/demo', { body: { token } })
}

export function acceptWithPassword(client: Client, token: string, password: string): Promise<Me> {
  return client.call('POST /api/invitations/accept', { body: { token, password } })
}

export async function acceptWithPasskey(client: Client, token: string, label: string): Promise<Me> {
  const options = await client.call('POST /api/passkeys/register/options', { body: { token } })
  const credential = await makePasskey(options)
  const { ceremony } = options
  return client.call('POST /api/passkeys/register', { body: { ceremony, credential, label } })
}

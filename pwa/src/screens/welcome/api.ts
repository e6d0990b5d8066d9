/** Signing in over `/api`. */
import type { Client } from '../../wire/client.ts'
import type { InvitationInfo, Me } from '../../wire/types.gen.ts'
import { makePasskey, usePasskey } from './passkey.ts'

/** Who is signed in. Rejects with `SignedOut` when nobody is. */
export function readSession({ call }: Client): Promise<Me> {
  return call('GET /api/session')
}

export function signIn({ call }: Client, login: string, password: string): Promise<Me> {
  return call('POST /api/session', { body: { login: login.trim(), password } })
}

export async function signInWithPasskey({ call }: Client): Promise<Me> {
  const options = await call('POST /api/passkeys/sign-in/options')
  const credential = await usePasskey(options)
  const { ceremony } = options
  return call('POST /api/passkeys/sign-in', { body: { ceremony, credential, label: '' } })
}

export async function signOut({ call }: Client): Promise<void> {
  await call('DELETE /api/session')
}

export function lookAtInvitation({ call }: Client, token: string): Promise<InvitationInfo> {
  return call('POST /api/invitations/look', { body: { token } })
}

export function takeDemo({ call }: Client, token: string): Promise<Me> {
  return call('POST /api/invitations/demo', { body: { token } })
}

export function acceptWithPassword({ call }: Client, token: string, password: string): Promise<Me> {
  return call('POST /api/invitations/accept', { body: { token, password } })
}

export async function acceptWithPasskey(
  { call }: Client,
  token: string,
  label: string,
): Promise<Me> {
  const options = await call('POST /api/passkeys/register/options', { body: { token } })
  const credential = await makePasskey(options)
  const { ceremony } = options
  return call('POST /api/passkeys/register', { body: { ceremony, credential, label } })
}

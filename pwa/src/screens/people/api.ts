/** People and their devices over `/api`. */
import type { Client } from '../../wire/client.ts'
import type {
  DeskReference,
  Device,
  InvitationLink,
  User,
  UserDraft,
} from '../../wire/types.gen.ts'

export function readUsers({ call }: Client): Promise<readonly User[]> {
  return call('GET /api/users')
}

export function readReference({ call }: Client): Promise<DeskReference> {
  return call('GET /api/desk/reference')
}

export function invite({ call }: Client, body: UserDraft): Promise<InvitationLink> {
  return call('POST /api/users', { body })
}

export function makeRecoveryLink({ call }: Client, id: string): Promise<InvitationLink> {
  return call('POST /api/users/{id}/recovery', { id })
}

export function closeUser({ call }: Client, id: string): Promise<User> {
  return call('POST /api/users/{id}/close', { id })
}

export function readDevicesOf({ call }: Client, id: string): Promise<readonly Device[]> {
  return call('GET /api/users/{id}/devices', { id })
}

export function readMyDevices({ call }: Client): Promise<readonly Device[]> {
  return call('GET /api/devices')
}

export function revokeDevice({ call }: Client, id: string): Promise<Device> {
  return call('POST /api/devices/{id}/revoke', { id })
}

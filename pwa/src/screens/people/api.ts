/** People and their devices over `/api`. */
import type { Client } from '../../wire/client.ts'
import type {
  DeskReference,
  Device,
  InvitationLink,
  User,
  UserDraft,
} from '../../wire/types.gen.ts'

export function readUsers(client: Client): Promise<readonly User[]> {
  return client.call('GET /api/users')
}

export function readReference(client: Client): Promise<DeskReference> {
  return client.call('GET /api/desk/reference')
}

export function invite(client: Client, body: UserDraft): Promise<InvitationLink> {
  return client.call('POST /api/users', { body })
}

export function makeRecoveryLink(client: Client, id: string): Promise<InvitationLink> {
  return client.call('POST /api/users/{id}/recovery', { id })
}

export function closeUser(client: Client, id: string): Promise<User> {
  return client.call('POST /api/users/{id}/close', { id })
}

export function readDevicesOf(client: Client, id: string): Promise<readonly Device[]> {
  return client.call('GET /api/users/{id}/devices', { id })
}

export function readMyDevices(client: Client): Promise<readonly Device[]> {
  return client.call('GET /api/devices')
}

export function revokeDevice(client: Client, id: string): Promise<Device> {
  return client.call('POST /api/devices/{id}/revoke', { id })
}

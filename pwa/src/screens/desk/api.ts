/** What the desk reads over `/api`. Writing goes through the phone's outbox. */
import type { Client, Tagged } from '../../wire/client.ts'
import type {
  DeskCaseDetail,
  DeskCases,
  DeskConflicts,
  DeskContacts,
  DeskPhones,
  DeskReference,
  DeskUpkeep,
} from '../../wire/types.gen.ts'
import type { CaseList } from './rules.ts'

/** An answer, or null when what is held under the ETag still holds. */
type News<T> = Promise<Tagged<T> | null>

export function readCases(client: Client, list: CaseList, etag: string): News<DeskCases> {
  return client.callUnless(etag, 'GET /api/desk/cases', { query: { list } })
}

export function readCase(client: Client, id: string, etag: string): News<DeskCaseDetail> {
  return client.callUnless(etag, 'GET /api/desk/cases/{id}', { id })
}

export function readContacts(client: Client, etag: string): News<DeskContacts> {
  return client.callUnless(etag, 'GET /api/desk/contacts')
}

export function readConflicts(client: Client, etag: string): News<DeskConflicts> {
  return client.callUnless(etag, 'GET /api/desk/conflicts')
}

export function readPhones(client: Client): Promise<DeskPhones> {
  return client.call('GET /api/desk/phones')
}

export function readReference(client: Client): Promise<DeskReference> {
  return client.call('GET /api/desk/reference')
}

export function readUpkeep(client: Client): Promise<DeskUpkeep> {
  return client.call('GET /api/desk/upkeep')
}

/** Give up on a record that nobody can ever read. */
export function dismissParked(client: Client, id: string, because: string): Promise<null> {
  return client.call('POST /api/desk/parked/{id}/dismiss', { id, body: { because } })
}

/** What the desk reads over `/api`. Writing goes through the phone's outbox. */
import type { Client } from '../../wire/client.ts'
import type {
  DeskCaseDetail,
  DeskCases,
  DeskConflicts,
  DeskContacts,
  DeskPhones,
  DeskReference,
} from '../../wire/types.gen.ts'
import type { CaseList } from './rules.ts'

/** A list of cases. The office's position is also its ETag: nothing is sent twice. */
export function readCases(
  { call }: Client,
  list: CaseList,
  held: DeskCases | null,
): Promise<DeskCases> {
  const query = { list }
  return call('GET /api/desk/cases', held ? { query, unless: `"${held.head}"` } : { query })
}

export function readCase({ call }: Client, id: string): Promise<DeskCaseDetail> {
  return call('GET /api/desk/cases/{id}', { id })
}

export function readContacts({ call }: Client): Promise<DeskContacts> {
  return call('GET /api/desk/contacts')
}

export function readConflicts({ call }: Client): Promise<DeskConflicts> {
  return call('GET /api/desk/conflicts')
}

export function readPhones({ call }: Client): Promise<DeskPhones> {
  return call('GET /api/desk/phones')
}

export function readReference({ call }: Client): Promise<DeskReference> {
  return call('GET /api/desk/reference')
}

/** What the import screens ask for over `/api`. */
import type { Client, NamedFile } from '../../wire/client.ts'
import type {
  CodeMap,
  DeskFreshness,
  FileDrop,
  DropFile,
  ImportRuns,
  MendRows,
  Quarantine,
  SetCode,
  SetDates,
} from '../../wire/types.gen.ts'

export async function makeDrop(client: Client): Promise<string> {
  return (await client.call('POST /api/imports/drops')).id
}

export function sendFile(client: Client, id: string, file: NamedFile): Promise<DropFile> {
  return client.upload('POST /api/imports/drops/{id}/files', id, file)
}

export function lookAt(client: Client, id: string): Promise<FileDrop> {
  return client.call('GET /api/imports/drops/{id}', { id })
}

export function throwAway(client: Client, id: string): Promise<null> {
  return client.call('DELETE /api/imports/drops/{id}', { id })
}

export function check(client: Client, id: string): Promise<FileDrop> {
  return client.call('POST /api/imports/drops/{id}/check', { id })
}

export function commit(client: Client, id: string, confirm_drop: boolean): Promise<FileDrop> {
  return client.call('POST /api/imports/drops/{id}/commit', { id, body: { confirm_drop } })
}

export function settleDates(
  client: Client,
  id: string,
  order: SetDates['order'],
): Promise<FileDrop> {
  return client.call('POST /api/imports/drops/{id}/dates', { id, body: { order } })
}

export function readRuns(client: Client): Promise<ImportRuns> {
  return client.call('GET /api/imports/runs')
}

export function undo(client: Client, id: string): Promise<FileDrop> {
  return client.call('POST /api/imports/runs/{id}/undo', { id })
}

export function readQuarantine(client: Client): Promise<Quarantine> {
  return client.call('GET /api/imports/quarantine')
}

export function dismiss(client: Client, id: string, because: string): Promise<null> {
  return client.call('POST /api/imports/quarantine/{id}/dismiss', { id, body: { because } })
}

export function mend(client: Client, body: MendRows): Promise<FileDrop> {
  return client.call('POST /api/imports/quarantine/mend', { body })
}

export function readCodes(client: Client): Promise<CodeMap> {
  return client.call('GET /api/imports/codes')
}

export function setCode(client: Client, body: SetCode): Promise<CodeMap> {
  return client.call('PUT /api/imports/codes', { body })
}

export function readFreshness(client: Client): Promise<DeskFreshness> {
  return client.call('GET /api/desk/freshness')
}

/** Looking a student up over `/api`. */
import type { Client } from '../../wire/client.ts'
import type { FoundStudents } from '../../wire/types.gen.ts'

export function findStudents(client: Client, q: string): Promise<FoundStudents> {
  return client.call('GET /api/desk/students', { search: q })
}

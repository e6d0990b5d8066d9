/** Looking a student up over `/api`. */
import type { Client } from '../../wire/client.ts'
import type { FoundStudents } from '../../wire/types.gen.ts'

export function findStudents({ call }: Client, q: string): Promise<FoundStudents> {
  return call('GET /api/desk/students', { query: { q } })
}

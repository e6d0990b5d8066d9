/** A student and the family around him or her, read from the rows of one root. Pure. */

import type { LocalRow, Phone } from '../../local/ports.ts'
import type {
  Address,
  Case,
  ContactPoint,
  Guardian,
  Guardianship,
  School,
  Standing,
  Student,
  Submission,
} from '../../wire/types.gen.ts'

export type Rows = Pick<Phone, 'rows' | 'rowsOf' | 'row'>

/** One guardian, with all that is needed before and for a call. */
export interface FamilyMember {
  readonly guardian: Guardian
  readonly guardianship: Guardianship
  readonly points: readonly LocalRow<'contact_point'>[]
  readonly addresses: readonly Address[]
}

/** What the programme calls the student: "Maria". */
export function calledName(student: Student | null | undefined): string {
  if (!student) return ''
  return student.preferred_name === '' ? student.first_name : student.preferred_name
}

/** "Maria Aguilar". */
export function fullName(person: {
  readonly first_name: string
  readonly last_name: string
  readonly preferred_name?: string
}): string {
  const called = [person.preferred_name, person.first_name].find(Boolean) ?? ''
  return `${called} ${person.last_name}`.trim()
}

export function studentOf(rows: Rows, root: string): Student | null {
  return rows.rowsOf(root, 'student')[0]?.data ?? null
}

export function standingOf(rows: Rows, root: string): Standing | null {
  return rows.rowsOf(root, 'standing')[0]?.data ?? null
}

/** The case that is worked on: the open one, else the latest. */
export function caseOf(rows: Rows, root: string): Case | null {
  const cases = rows.rowsOf(root, 'case').map(({ data }) => data)
  const latest = cases.toSorted((one, other) => other.opened_on.localeCompare(one.opened_on))
  return latest.find(({ status }) => status !== 'closed') ?? latest[0] ?? null
}

export function schoolOf(rows: Rows, schoolId: string | null | undefined): School | null {
  return rows.rows('school').find(({ data }) => data.id === schoolId)?.data ?? null
}

/** How far a school has told its year; null when the phone does not know. */
export function submissionOf(rows: Rows, schoolId: string | null | undefined): Submission | null {
  return rows.rows('submission').find(({ data }) => data.school_id === schoolId)?.data ?? null
}

/** Whose name an id is: a colleague's, or empty when the phone does not know it. */
export function staffName(rows: Rows, userId: string | null | undefined): string {
  return rows.rows('staff').find(({ data }) => data.id === userId)?.data.name ?? ''
}

/** The family, those with a contact restriction first: it must be read before any number. */
export function familyOf(rows: Rows, root: string): FamilyMember[] {
  const guardians = new Map(rows.rowsOf(root, 'guardian').map(({ data }) => [data.id, data]))
  const points = rows.rowsOf(root, 'contact_point')
  const addresses = rows.rowsOf(root, 'address').map(({ data }) => data)
  return rows
    .rowsOf(root, 'guardianship')
    .map(({ data }) => data)
    .toSorted(byRestriction)
    .flatMap((guardianship) => {
      const guardian = guardians.get(guardianship.guardian_id)
      if (!guardian) return []
      const his = (of: { readonly guardian_id: string }): boolean => of.guardian_id === guardian.id
      return [
        {
          guardian,
          guardianship,
          points: points
            .filter(({ data }) => his(data))
            .toSorted((one, other) => one.data.position - other.data.position),
          addresses: addresses.filter(his),
        },
      ]
    })
}

function byRestriction(one: Guardianship, other: Guardianship): number {
  const restricted = Number(other.restriction !== '') - Number(one.restriction !== '')
  const primary = Number(other.is_primary) - Number(one.is_primary)
  return restricted || primary || one.position - other.position
}

/** A number that may be called: a phone that nobody has found useless. */
export function isCallable({ kind, status }: ContactPoint): boolean {
  return kind !== 'email' && !['wrong', 'disconnected', 'opted_out'].includes(status)
}

/** What the dialler is handed. */
export function dialled(point: ContactPoint): string {
  return point.value_e164 || point.value.replaceAll(/[^\d+*#,;]/g, '')
}

/** "1200 Mesa Road, Apt 4, Grandbend". */
export function addressLine(address: Address): string {
  const place = [address.city, address.state].filter(Boolean).join(' ')
  return [address.street, address.unit, place, address.postal_code].filter(Boolean).join(', ')
}

/** Whether this person holds the case: in charge of it, or going along. */
export function isHolding(of: Case, userId: string): boolean {
  return of.assignee_id === userId || of.partner_id === userId
}

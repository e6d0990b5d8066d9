/** What an attendance code may mean, in the order a clerk thinks of them. */
import type { AttendanceKind } from '../../wire/types.gen.ts'

export const KINDS = [
  'absent_unexcused',
  'absent_excused',
  'absent_unverified',
  'tardy',
  'present',
  'suspension_out',
  'suspension_in',
  'activity_interscholastic',
  'activity_school',
  'remote_attended',
  'not_enrolled',
  'no_school',
] as const satisfies readonly AttendanceKind[]

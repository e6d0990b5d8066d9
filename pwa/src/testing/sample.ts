/** A small caseload for tests and for looking at screens: everybody and everything is invented. */

import type { Ent, RowByEnt } from '../local/ports.ts'
import type {
  Absence,
  Case,
  Contact,
  Standing,
  Student,
  Submission,
  Task,
} from '../wire/types.gen.ts'

export interface SampleRow<E extends Ent = Ent> {
  readonly root: string
  readonly ent: E
  readonly key: string
  readonly ver: number
  readonly data: RowByEnt[E]
}

/** The day on which the sample stands: a Friday. */
export const TODAY = '2026-11-20'
export const ME = '01900000-0000-7000-8000-00000000000a'
export const ANA = '01900000-0000-7000-8000-00000000000b'

/** An id that tells its kind and number. */
export function idOf(kind: number, n: number): string {
  return `01900000-0000-7000-8${kind.toString(16).padStart(3, '0')}-${String(n).padStart(12, '0')}`
}

export function row<E extends Ent>(
  root: string,
  ent: E,
  key: string,
  data: RowByEnt[E],
): SampleRow<E> {
  return { root, ent, key, ver: 1, data }
}

export const SCHOOL = idOf(1, 1)

export function aStudent(n: number, change: Partial<Student> = {}): Student {
  return {
    id: idOf(2, n),
    root: `s00000000${n}`,
    number: `60480${n}`,
    first_name: 'Maria',
    last_name: 'Aguilar',
    preferred_name: '',
    grade: '9',
    school_id: SCHOOL,
    left_on: null,
    ...change,
  }
}

export function aCase(n: number, change: Partial<Case> = {}): Case {
  return {
    id: idOf(3, n),
    student_id: idOf(2, n),
    school_id: SCHOOL,
    school_year: '2026-27',
    step: 'early_intervention_5',
    crossed_on: '2026-11-16',
    opened_on: '2026-11-16',
    due_on: '2026-11-18',
    status: 'assigned',
    assignee_id: ME,
    partner_id: null,
    left_on: null,
    no_longer_met_on: null,
    ...change,
  }
}

export function absent(on_date: string, change: Partial<Absence> = {}): Absence {
  return { on_date, kind: 'absent_unexcused', units: 840, reason: '', ...change }
}

export function aStanding(n: number, change: Partial<Standing> = {}): Standing {
  const days = ['2026-09-08', '2026-09-21', '2026-10-12', '2026-11-09', '2026-11-16']
  return {
    student_id: idOf(2, n),
    school_year: '2026-27',
    ladder: 'aps-2014',
    step: 'early_intervention_5',
    unexcused_units: 5 * 840,
    excused_units: 0,
    tardy_count: 2,
    why_en:
      'Maria missed 5 whole days without an excuse between September 8 and November 16. At 5 days the school asks the family what would help.',
    why_es:
      'Maria faltó 5 días enteros sin excusa entre el 8 de septiembre y el 16 de noviembre. A los 5 días la escuela pregunta a la familia qué ayudaría.',
    absences: days.map((day) => absent(day)),
    crossings: [],
    ...change,
  }
}

/** How far the sample school has told its year. */
export function aSubmission(change: Partial<Submission> = {}): Submission {
  return {
    school_id: SCHOOL,
    school_year: '2026-27',
    data_as_of: '2026-11-19',
    days_in_session: 62,
    submitted_at: '2026-11-19T23:10:00Z',
    ...change,
  }
}

export function aContact(n: number, student: number, change: Partial<Contact> = {}): Contact {
  return {
    id: idOf(4, n),
    student_id: idOf(2, student),
    case_id: idOf(3, student),
    method: 'phone_call',
    direction: 'outbound',
    outcome: 'voicemail_left',
    party: 'none',
    met: '',
    contact_point_id: null,
    causes: [],
    note: '',
    referrals: [],
    follow_up_kind: '',
    follow_up_on: null,
    occurred_at: '2026-11-18T10:30:00-07:00',
    by: ANA,
    recorded_at: '2026-11-18T17:31:00Z',
    est_at: null,
    late_scope: false,
    ...change,
  }
}

/** A call to a family, in the pool of the sample school. */
export function aTask(n: number, change: Partial<Task> = {}): Task {
  return {
    id: idOf(9, n),
    kind: 'call',
    student_id: idOf(2, n),
    school_id: SCHOOL,
    case_id: null,
    step: 'early_intervention_5',
    due_on: '2026-11-20',
    status: 'open',
    holder_id: null,
    until: null,
    token: 0,
    done_by: null,
    done_at: null,
    contact_id: null,
    duplicate_effort: false,
    ...change,
  }
}

export function sampleTask(n: number, change: Partial<Task> = {}): SampleRow<'task'> {
  return row('p000000001', 'task', idOf(9, n), aTask(n, change))
}

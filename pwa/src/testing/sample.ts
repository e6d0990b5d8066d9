/** A small caseload for tests and for looking at screens: everybody and everything is invented. */

import type { Ent, RowByEnt } from '../local/ports.ts'
import type { Absence, Case, Contact, Standing, Student } from '../wire/types.gen.ts'

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

function row<E extends Ent>(root: string, ent: E, key: string, data: RowByEnt[E]): SampleRow<E> {
  return { root, ent, key, ver: 1, data }
}

const SCHOOL = idOf(1, 1)

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
    days_in_session: 62,
    data_as_of: '2026-11-19',
    why_en:
      'Maria missed 5 whole days without an excuse between September 8 and November 16. At 5 days the school asks the family what would help.',
    why_es:
      'Maria faltó 5 días enteros sin excusa entre el 8 de septiembre y el 16 de noviembre. A los 5 días la escuela pregunta a la familia qué ayudaría.',
    absences: days.map((day) => absent(day)),
    crossings: [],
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

const NAMES: readonly (readonly [string, string])[] = [
  ['Maria', 'Aguilar'],
  ['Jesús', 'Iñárritu'],
  ['Alexandria-Catherine', 'Featherstonehaugh-Montgomery'],
  ['Tomás', 'Begay'],
  ['Chloe', 'Nguyen'],
  ['Ray', 'Yazzie'],
]

const CASES: readonly Partial<Case>[] = [
  {},
  { due_on: '2026-11-20' },
  { due_on: '2026-11-12' },
  { status: 'in_contact' },
  { left_on: '2026-11-17' },
  { no_longer_met_on: '2026-11-18' },
]

function family(n: number): SampleRow[] {
  const { root, id: student_id } = aStudent(n)
  const [mother, grandmother, father] = [idOf(5, n * 10), idOf(5, n * 10 + 1), idOf(5, n * 10 + 2)]
  const guardian = (id: string, first_name: string, language: string): SampleRow =>
    row(root, 'guardian', id, {
      id,
      first_name,
      last_name: NAMES[n - 1]?.[1] ?? '',
      language,
      needs_interpreter: language === 'vi',
    })
  const bond = (
    guardian_id: string,
    position: number,
    relation: string,
    restriction = '',
  ): SampleRow =>
    row(root, 'guardianship', idOf(6, n * 10 + position), {
      id: idOf(6, n * 10 + position),
      student_id,
      guardian_id,
      relation,
      is_primary: position === 0,
      is_emergency: false,
      lives_with: position < 2,
      restriction,
      position,
    })
  const point = (
    guardian_id: string,
    position: number,
    value: string,
    status = 'unverified',
  ): SampleRow =>
    row(root, 'contact_point', idOf(7, n * 10 + position), {
      id: idOf(7, n * 10 + position),
      guardian_id,
      kind: position === 1 ? 'home' : 'mobile',
      value,
      value_e164: `+1505${value.replaceAll(/\D/g, '').slice(-7)}`,
      status: status as 'unverified' | 'works' | 'wrong',
      position,
    })
  return [
    guardian(mother, 'Rosa', 'es'),
    bond(mother, 0, 'Mother'),
    point(mother, 0, '505-555-0142', 'works'),
    point(mother, 1, '(505) 555-0100', 'wrong'),
    ...(n === 1
      ? [
          guardian(grandmother, 'Consuelo', 'es'),
          bond(grandmother, 1, 'Grandmother'),
          point(grandmother, 2, '505-555-0177'),
          guardian(father, 'Daniel', 'en'),
          bond(
            father,
            2,
            'Father',
            'No contact by court order until June 2027. Do not call or visit.',
          ),
        ]
      : []),
    row(root, 'address', idOf(8, n), {
      id: idOf(8, n),
      guardian_id: mother,
      street: '1200 Mesa Road NW',
      unit: 'Apt 4',
      city: 'Albuquerque',
      state: 'NM',
      postal_code: '87104',
    }),
  ]
}

/** The rows of six families, the school and two colleagues. */
export function sampleRows(): SampleRow[] {
  const families = NAMES.flatMap(([first_name, last_name], index) => {
    const n = index + 1
    const student = aStudent(n, { first_name, last_name })
    return [
      row(student.root, 'student', student.id, student),
      row(student.root, 'case', idOf(3, n), aCase(n, CASES[index])),
      row(student.root, 'standing', student.id, aStanding(n)),
      ...family(n),
    ]
  })
  const tried = aContact(1, 3, { note: 'No greeting on the mailbox. Try after five.' })
  const reached = aContact(2, 4, {
    method: 'home_visit',
    outcome: 'spoke_guardian',
    party: 'guardian',
    met: 'Rosa Begay',
    note: 'The bus no longer stops on their street. Left the plan for the 6:50 line.',
    causes: ['transportation'],
    follow_up_kind: 'weekly_progress_check',
    follow_up_on: '2026-11-25',
    by: ME,
  })
  return [
    ...families,
    row('s000000003', 'contact', tried.id, {
      ...tried,
      follow_up_kind: 'call_back',
      follow_up_on: '2026-11-19',
    }),
    row('s000000004', 'contact', reached.id, reached),
    row('ref', 'school', SCHOOL, { id: SCHOOL, name: 'Grand Bend High', level: 'high' }),
    row('ref', 'staff', ME, { id: ME, name: 'Luz Ortega', role: 'advisor', is_active: true }),
    row('ref', 'staff', ANA, { id: ANA, name: 'Ana Sena', role: 'social_worker', is_active: true }),
  ]
}

/** A number that Ana and the holder of the phone changed apart. */
export function sampleConflict(): SampleRow<'conflict'> {
  const id = idOf(9, 1)
  return row('s000000001', 'conflict', id, {
    id,
    ent: 'contact_point',
    key: idOf(7, 10),
    why: 'fields',
    status: 'open',
    mutation_id: null,
    opened_at: '2026-11-20T15:00:00Z',
    resolved_by: null,
    resolved_at: null,
    fields: [
      {
        field: 'value',
        was: '505-555-0141',
        theirs: '505-555-0142',
        mine: '505-555-0199',
        theirs_by: ANA,
        theirs_at: '2026-11-20T09:10:00-07:00',
        mine_by: ME,
        mine_at: '2026-11-20T09:05:00-07:00',
        trail: [],
        choice: '',
        chosen: null,
      },
    ],
  })
}

/** The rows of a whole caseload, for a phone in memory. */

import type { Case } from '../wire/types.gen.ts'
import {
  aCase,
  aContact,
  ANA,
  aStanding,
  aStudent,
  aSubmission,
  idOf,
  ME,
  row,
  SCHOOL,
  type SampleRow,
} from './sample.ts'

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
    row('ref', 'submission', SCHOOL, aSubmission()),
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

import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Standing, Submission } from '../../wire/types.gen.ts'
import { monthsOf } from './strip.ts'

const told: Submission = {
  school_id: 'school-1',
  school_year: '2021-22',
  data_as_of: '2022-02-11',
  days_in_session: 110,
  submitted_at: '2022-02-11T22:00:00Z',
}

const standing = (days: readonly string[]): Standing => ({
  student_id: 'student-1',
  school_year: '2021-22',
  ladder: 'aps-2014',
  step: '',
  unexcused_units: 0,
  excused_units: 0,
  tardy_count: 0,
  why_en: '',
  why_es: '',
  absences: days.map((on_date) => ({
    on_date,
    kind: 'absent_unexcused',
    units: 840,
    reason: '',
  })),
  crossings: [],
})

test('the strip has a cell for each weekday up to the last record', () => {
  const months = monthsOf(standing(['2022-01-12', '2022-02-03']), told)

  assert.deepEqual(
    months.map(({ month, cells }) => [month, cells.length]),
    [
      ['2022-01', 21],
      ['2022-02', 9],
    ],
  )
  const absent = months.flatMap(({ cells }) => cells).filter(({ kind }) => kind !== '')
  assert.deepEqual(
    absent.map(({ day }) => day),
    ['2022-01-12', '2022-02-03'],
  )
})

test('a student without absences has no strip', () => {
  assert.deepEqual(monthsOf(standing([]), told), [])
})

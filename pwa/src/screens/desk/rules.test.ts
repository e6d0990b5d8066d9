import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

import type { OutboxEntry } from '../../local/ports.ts'
import type { DeskCase } from '../../wire/types.gen.ts'
import {
  arrived,
  assignDeed,
  assignableTo,
  commandOf,
  daysOf,
  dueOf,
  matches,
  pendingAssignments,
  step,
  viewOf,
} from './rules.ts'

const line: DeskCase = {
  case: {
    id: 'case-1',
    student_id: 'student-1',
    school_id: 'school-1',
    school_year: '2021-22',
    step: 'early_intervention_5',
    crossed_on: '2022-01-20',
    opened_on: '2022-01-21',
    due_on: '2022-01-24',
    status: 'new',
    assignee_id: null,
    partner_id: null,
    left_on: null,
    no_longer_met_on: null,
  },
  case_ver: 7,
  root: 's123456789',
  student_name: 'Álvaro Peña',
  grade: '5',
  school_name: 'Grand Bend Elementary',
  unexcused_units: 5 * 840,
  contact_count: 0,
  reached_count: 0,
  last_contact_at: null,
  open_conflict_count: 0,
  data_as_of: null,
}

test('a push opens its case, and an unknown place opens the new cases', () => {
  assert.deepEqual(viewOf('#/desk/case/case-1'), { name: 'case', caseId: 'case-1' })
  assert.deepEqual(viewOf('#/desk'), { name: 'cases', list: 'new' })
  assert.deepEqual(viewOf('#/desk/left'), { name: 'cases', list: 'left' })
  assert.deepEqual(viewOf('#/desk/conflicts'), { name: 'conflicts' })
  assert.deepEqual(viewOf('#/desk/nowhere'), { name: 'cases', list: 'new' })
})

test('days are whole, or have one decimal place', () => {
  assert.equal(daysOf(5 * 840), 5)
  assert.equal(daysOf(420), 0.5)
  assert.equal(daysOf(840 / 8), 0.1)
})

test('an assignment says which version was seen and who had the case then', () => {
  assert.deepEqual(assignDeed(line, 'ana'), {
    op: 'case.assign',
    ent: 'case',
    key: 'case-1',
    root: 's123456789',
    base: 7,
    was: { assignee_id: null },
    set: { assignee_id: 'ana' },
  })
})

test('only active people who work with the school can be given its case', () => {
  const member = (id: string, name: string, is_active = true) =>
    ({ id, name, role: 'advisor', is_active }) as const
  const reference = {
    schools: [],
    staff: [
      member('zoe', 'Zoe'),
      member('ana', 'Ana'),
      member('gone', 'Gone', false),
      member('elsewhere', 'Elsewhere'),
      member('clerk', 'Clerk'),
    ],
    assignable: { zoe: [], ana: ['school-1'], gone: [], elsewhere: ['school-2'] },
  }

  const names = assignableTo(reference, 'school-1').map(({ name }) => name)

  assert.deepEqual(names, ['Ana', 'Zoe'])
})

test('an assignment shows until the server has settled it', () => {
  const entry = (state: OutboxEntry['state'], key: string): OutboxEntry => ({
    n: 1,
    id: key,
    deed: { ...assignDeed(line, 'ana'), key },
    at: '2022-01-21T09:00:00-07:00',
    state,
    receipt: null,
    replay: null,
    received_at: null,
    is_seen: false,
  })

  const pending = pendingAssignments([entry('waiting', 'case-1'), entry('received', 'case-2')])

  assert.deepEqual([...pending], [['case-1', 'ana']])
})

test('j and k walk the list and stop at its ends', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { minLength: 1 }), fc.nat(20), (rows, times) => {
      let at: number | null = null
      for (let i = 0; i <= times; i++) at = step(rows, at, 1)
      assert.equal(at, rows[Math.min(times, rows.length - 1)])
    }),
  )
  assert.equal(step([1, 2, 3], null, -1), 3)
  assert.equal(step([1, 2, 3], 9, 1), 1)
  assert.equal(step([], null, 1), null)
})

test('a contact is marked when it was not there before, and none is at first', () => {
  assert.deepEqual(arrived(null, ['a', 'b']), [])
  assert.deepEqual(arrived(['a'], ['c', 'a']), ['c'])
})

test('keys command, but not while somebody types or holds a modifier', () => {
  const press = { key: 'j', hasModifier: false, isTyping: false }
  assert.equal(commandOf(press), 'next')
  assert.equal(commandOf({ ...press, isTyping: true }), null)
  assert.equal(commandOf({ ...press, hasModifier: true }), null)
  assert.equal(commandOf({ ...press, key: 'Escape', isTyping: true }), 'close')
  assert.equal(commandOf({ ...press, key: 'x' }), null)
})

test('a search finds a name without its accents, and by school', () => {
  assert.ok(matches(line, 'alvaro'))
  assert.ok(matches(line, 'pena bend'))
  assert.ok(matches(line, ''))
  assert.ok(!matches(line, 'maria'))
})

test('a due day is overdue, today or later', () => {
  assert.equal(dueOf('2022-01-24', '2022-01-25'), 'overdue')
  assert.equal(dueOf('2022-01-24', '2022-01-24'), 'today')
  assert.equal(dueOf('2022-02-01', '2022-01-24'), 'later')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sampleRows } from '../../testing/families.ts'
import { MemoryPhone } from '../../testing/memory-phone.ts'
import { aCase, aContact, ANA, aStudent, idOf, ME, row, TODAY } from '../../testing/sample.ts'
import { speak } from '../../text/text.ts'
import type { Case, Contact } from '../../wire/types.gen.ts'
import { dueItems, grouped, type DueItem } from './rules.ts'
import { dueWord, whyOf } from './why.ts'

const now = (): Date => new Date(`${TODAY}T12:00:00`)

/** One family with this case and these contacts. */
function only(change: Partial<Case>, contacts: readonly Partial<Contact>[] = []): DueItem[] {
  const student = aStudent(1)
  const phone = new MemoryPhone(now, [
    row(student.root, 'student', student.id, student),
    row(student.root, 'case', idOf(3, 1), aCase(1, change)),
    ...contacts.map((contact, index) => {
      const made = aContact(index + 1, 1, contact)
      return row(student.root, 'contact', made.id, made)
    }),
  ])
  return dueItems(phone, ME, TODAY)
}

test('the overdue stand first, the oldest before the others', () => {
  const items = dueItems(new MemoryPhone(now, sampleRows()), ME, TODAY)

  assert.deepEqual(
    items.map(({ group }) => group),
    ['overdue', 'overdue', 'today', 'coming', 'resting', 'resting'],
  )
  assert.equal(items[0]?.student.first_name, 'Maria')
  assert.equal(grouped(items)[0]?.items.length, 2)
})

test('a family nobody tried is due on the day of its case', async () => {
  const [item] = only({ due_on: '2026-11-18' })
  await speak('en')
  assert.ok(item)

  assert.equal(item.days_over, 2)
  assert.equal(dueWord(item, TODAY), 'Overdue 2 days')
  assert.equal(whyOf(item, TODAY), 'Nobody has tried yet.')
})

test('the latest contact decides what is owed next, by its moment and not by its spelling', () => {
  const earlier = { occurred_at: '2026-11-18T23:30:00-07:00', follow_up_on: '2026-11-20' }
  const later = { occurred_at: '2026-11-19T07:00:00Z', follow_up_on: '2026-11-23' }

  assert.equal(only({}, [earlier, later])[0]?.due_on, '2026-11-23')
  assert.equal(only({}, [later, earlier])[0]?.group, 'coming')
})

test('a try without a next step is shown as having no date, not dropped', () => {
  const [item] = only({}, [{ outcome: 'no_answer' }])

  assert.equal(item?.group, 'undated')
  assert.equal(item.tries, 1)
})

test('a student who left and a step taken back are owed nothing by a date', () => {
  assert.equal(only({ left_on: '2026-11-17' })[0]?.group, 'resting')
  assert.equal(only({ no_longer_met_on: '2026-11-18' })[0]?.group, 'resting')
})

test('only my own open cases are mine to do', () => {
  assert.deepEqual(only({ assignee_id: ANA }), [])
  assert.deepEqual(only({ status: 'closed' }), [])
})

test('a step far ahead waits for its week', () => {
  assert.deepEqual(only({}, [{ follow_up_on: '2026-12-20' }]), [])
})

test('a family that was spoken with is told as reached', () => {
  const [item] = only({}, [{ outcome: 'spoke_guardian', follow_up_on: TODAY }])

  assert.equal(item?.reached_at, '2026-11-18T10:30:00-07:00')
})

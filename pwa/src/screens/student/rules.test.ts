import assert from 'node:assert/strict'
import { test } from 'node:test'

import { create } from '../../outbox/deed.ts'
import { MemoryPhone } from '../../testing/memory-phone.ts'
import { aContact, absent, aStanding, aSubmission } from '../../testing/sample.ts'
import { speak } from '../../text/text.ts'
import { earlier, strip } from './rules.ts'
import { absenceSentence } from './why.ts'

test('absences are told with their meaning', async () => {
  await speak('en')
  const told = aSubmission()
  const half = { unexcused_units: 420, excused_units: 840 }

  assert.equal(absenceSentence(aStanding(1), told), '5 of 62 school days, all unexcused')
  assert.equal(absenceSentence(aStanding(1, half), told), '1.5 of 62 school days, 0.5 unexcused')
  assert.equal(
    absenceSentence(aStanding(1, { unexcused_units: 0 }), told),
    'No absence in 62 school days',
  )
})

test('the strip has one cell for each weekday up to the last day of the records', () => {
  const standing = aStanding(1, {
    absences: [absent('2026-08-12'), absent('2026-08-14', { kind: 'absent_excused' })],
  })

  const cells = strip(standing, aSubmission({ data_as_of: '2026-08-14' }))

  assert.equal(cells.length, 15)
  assert.deepEqual(
    cells.filter(({ kind }) => kind !== 'none'),
    [
      { week: 2, weekday: 2, kind: 'unexcused' },
      { week: 2, weekday: 4, kind: 'excused' },
    ],
  )
})

test('a contact says whether it waits or was received', async () => {
  const phone = new MemoryPhone(() => new Date('2026-11-20T14:02:00'), [])
  const contact = aContact(9, 1)
  await phone.keep(create('contact.create', 'contact', contact.id, 's1', { ...contact }))
  const state = (): string | undefined =>
    earlier(phone.rowsOf('s1', 'contact'), phone.outbox())[0]?.state

  assert.equal(state(), 'waiting')
  phone.settle('received')
  assert.equal(state(), 'received')
})

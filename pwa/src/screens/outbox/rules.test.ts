import assert from 'node:assert/strict'
import { test } from 'node:test'

import { create } from '../../outbox/deed.ts'
import { MemoryPhone } from '../../testing/memory-phone.ts'
import { aContact } from '../../testing/sample.ts'
import { formOf, worthResuming } from '../drafts/rules.ts'
import { mend } from './mend.ts'
import { shelves } from './rules.ts'

const now = (): Date => new Date('2026-11-20T14:05:00')
const desk = { now, newId: () => 'draft' }

async function refused(): Promise<MemoryPhone> {
  const phone = new MemoryPhone(now)
  const set = { method: 'phone_call', outcome: 'no_answer', note: 'Rang twice.' }
  await phone.keep(create('contact.create', 'contact', aContact(8, 1).id, 's000000001', set))
  phone.settle('refused', 'The next step lies before the contact.')
  return phone
}

test('every entry stands on one shelf, and the waiting ones are what the pill counts', async () => {
  const phone = await refused()
  await phone.keep(create('contact.create', 'contact', 'c2', 's000000001', {}))

  const { needsYou, waiting, received } = shelves(phone.outbox())

  assert.deepEqual([needsYou.length, waiting.length, received.length], [1, 1, 0])
  assert.equal(waiting.length, phone.status().waiting)
})

test('a refused contact opens its form with the words in it', async () => {
  const phone = await refused()
  const [entry] = phone.outbox()
  assert.ok(entry)

  const path = await mend(phone, desk, entry)

  assert.equal(path, '/s/s000000001/contact/draft')
  const [draft] = await phone.drafts()
  const form = draft && formOf(draft)
  assert.equal(form?.kind === 'contact' && form.answers.note, 'Rang twice.')
  assert.equal(form?.mends, entry.id)
})

test('only drafts with words in them, and not saved already, are asked about', async () => {
  const phone = await refused()
  const [entry] = phone.outbox()
  assert.ok(entry)
  await mend(phone, desk, entry)
  const drafts = await phone.drafts()

  assert.equal(worthResuming(drafts, () => false).length, 1)
  assert.equal(worthResuming(drafts, () => true).length, 0)
  const strange = { id: 'x', student_root: 's1', saved_at: '', form: { kind: 'tomorrow' } }
  assert.deepEqual(
    worthResuming([strange], () => false),
    [],
  )
})

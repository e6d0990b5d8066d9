import assert from 'node:assert/strict'
import { test } from 'node:test'

import { create, edit } from '../../outbox/deed.ts'
import { MemoryPhone } from '../../testing/memory-phone.ts'
import { aContact } from '../../testing/sample.ts'
import { formOf, worthResuming } from '../drafts/rules.ts'
import { beginNumber } from '../drafts/start.ts'
import { mend } from './mend.ts'
import { isDecided, shelves, wordsOf } from './rules.ts'

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

test('a number form goes by what was seen when it began, whatever arrives meanwhile', async () => {
  const phone = new MemoryPhone(now)
  const root = 's000000001'
  const [point] = phone.rowsOf(root, 'contact_point')
  assert.ok(point)
  const begun = { point_id: point.key, guardian_id: point.data.guardian_id }
  const id = await beginNumber(phone, desk, root, { ...begun, value: point.data.value })
  phone.bring({ ...point, ver: 9, data: { ...point.data, value: '505-555-0199' } })

  const draft = (await phone.drafts()).find((one) => one.id === id)
  const form = draft && formOf(draft)
  assert.ok(form?.kind === 'number' && form.seen)

  const deed = edit('contact_point.edit', form.seen, { value: '505-555-0111' })
  assert.equal(deed?.was['value'], point.data.value)
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

test('everything that was written can be read and copied where it cannot be sent', async () => {
  const phone = await refused()
  const [entry] = phone.outbox()
  assert.ok(entry)

  assert.equal(wordsOf(entry), 'phone_call\nno_answer\nRang twice.')
})

test('two versions are decided once every copy of their card says so', () => {
  const card = (root: string, status: 'open' | 'resolved') => ({ root, data: { id: 'k1', status } })
  const phone = (...cards: ReturnType<typeof card>[]) =>
    ({ rows: () => cards }) as unknown as MemoryPhone

  assert.equal(isDecided(phone(), 'k1'), false)
  assert.equal(isDecided(phone(card('own', 'open')), 'k1'), false)
  assert.equal(isDecided(phone(card('own', 'resolved'), card('s1', 'open')), 'k1'), false)
  assert.equal(isDecided(phone(card('own', 'resolved')), 'k1'), true)
  assert.equal(isDecided(phone(card('own', 'resolved')), 'k2'), false)
})

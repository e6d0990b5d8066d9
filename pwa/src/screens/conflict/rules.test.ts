import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sampleConflict } from '../../testing/families.ts'
import type { MemoryPhone } from '../../testing/memory-phone.ts'
import { speak } from '../../text/text.ts'
import { decide, freedom, givingWay, undecided, untold } from './rules.ts'
import { wordsOf } from './words.ts'

const row = { ...sampleConflict(), pending: [] }
const { fields } = row.data

test('keeping mine tells the office my value, and touches nothing else', () => {
  const deed = decide(row, { value: { choice: 'mine' } })

  assert.equal(deed?.op, 'conflict.resolve')
  assert.equal(deed.key, row.data.id)
  assert.deepEqual(deed.set, { choices: { value: { choice: 'mine', value: '505-555-0199' } } })
})

test('a third value is written out', () => {
  const deed = decide(row, { value: { choice: 'custom', value: ' 505-555-0123 ' } })

  assert.deepEqual(deed?.set, { choices: { value: { choice: 'custom', value: '505-555-0123' } } })
})

test('nothing is decided while a field is open, or written with nothing', () => {
  assert.deepEqual(undecided(fields, {}), ['value'])
  assert.equal(decide(row, { value: { choice: 'custom', value: ' ' } }), null)
})

test('a card that somebody decided already is not decided again', () => {
  const decided = { ...row, data: { ...row.data, status: 'resolved' as const } }

  assert.equal(decide(decided, { value: { choice: 'mine' } }), null)
})

test('only whom the server would hear is offered a choice; an author may always give way', () => {
  const [field] = fields
  assert.ok(field)
  const me = { user_id: field.mine_by ?? '', role: 'advisor', root: 'u1', name: '', language: 'en' }
  const phone = (role: string, contacts: readonly object[] = []) =>
    ({ holder: { ...me, role }, rowsOf: () => contacts }) as unknown as MemoryPhone
  const about = (ent: string) => ({ ...row, data: { ...row.data, ent } })
  const visit = (by: string) => ({ key: row.data.key, data: { by } })

  assert.equal(freedom(phone('advisor'), row, false), 'decide')
  assert.equal(freedom(phone('advisor'), row, true), 'give_way')
  assert.equal(freedom(phone('advisor'), about('case'), false), 'give_way')
  assert.equal(freedom(phone('coordinator'), about('case'), false), 'decide')
  assert.equal(freedom(phone('coordinator'), about('case'), true), 'decide')
  const untold = { ...field, theirs: null, theirs_by: null, theirs_at: null }
  const lost = { ...row, data: { ...row.data, fields: [untold] } }
  assert.equal(freedom(phone('coordinator'), lost, true), 'give_way')
  assert.equal(freedom(phone('advisor', [visit('ana')]), about('contact'), false), 'give_way')
  assert.equal(freedom(phone('advisor', [visit(me.user_id)]), about('contact'), false), 'decide')
  const others = { ...row, data: { ...row.data, fields: [{ ...field, mine_by: null }] } }
  assert.equal(freedom(phone('advisor'), others, true), 'wait')

  const deed = decide(row, givingWay(fields))
  assert.deepEqual(deed?.set, { choices: { value: { choice: 'theirs', value: field.theirs } } })
})

test('codes are shown in words, and nothing as nothing', async () => {
  await speak('en')

  assert.equal(wordsOf('status', 'works', '2026-11-20'), 'Works')
  assert.equal(wordsOf('value', '', '2026-11-20'), 'empty')
})

test('what an author may not know any more is not shown as empty', () => {
  const [told] = fields
  assert.ok(told)
  const away = { ...told, theirs: null, theirs_by: null, theirs_at: null }
  const nothing = { mine: false, theirs: false, was: false, chosen: false }

  assert.deepEqual(untold(told, false), nothing)
  assert.deepEqual(untold({ ...away, theirs: null }, false), nothing)
  assert.deepEqual(untold(away, true), { ...nothing, theirs: true, chosen: true })
  assert.equal(untold({ ...away, choice: 'mine', chosen: null }, true).chosen, false)
})

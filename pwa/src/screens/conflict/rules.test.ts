import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sampleConflict } from '../../testing/families.ts'
import { speak } from '../../text/text.ts'
import { decide, undecided, untold } from './rules.ts'
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

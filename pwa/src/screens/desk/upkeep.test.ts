import assert from 'node:assert/strict'
import { test } from 'node:test'

import { en } from '../../text/en.ts'
import { aboutOf, mendOf } from './upkeep.ts'

test('each reason why a record waits has something to be done about it', () => {
  const mends = Object.keys(en.vocabulary.parked).map((code) => [code, mendOf(code)])

  assert.deepEqual(Object.fromEntries(mends), {
    unknown_op: 'doUpdate',
    unknown_ent: 'doUpdate',
    unknown_field: 'doUpdate',
    unknown_schema: 'doUpdate',
    undecodable: 'doAsk',
    not_utf8: 'doAsk',
    number_differs: 'doAsk',
    too_deep: 'doAsk',
    cannot_open: 'doAsk',
    broken: 'doMend',
  })
})

test('work of a kind that this version never heard of is told as such', () => {
  assert.equal(aboutOf('contact_point.edit'), 'contact_point')
  assert.equal(aboutOf('mood.create'), 'unknown')
  assert.equal(aboutOf(''), 'unknown')
})

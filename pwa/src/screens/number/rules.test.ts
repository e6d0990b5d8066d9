import assert from 'node:assert/strict'
import { test } from 'node:test'

import { wrongNumber } from './rules.ts'

test('a number is kept as the family says it', () => {
  assert.equal(wrongNumber('(505) 555-0142 ext. 3', 'mobile'), null)
  assert.equal(wrongNumber(' ', 'mobile'), 'missing')
  assert.equal(wrongNumber('12', 'home'), 'tooShort')
  assert.equal(wrongNumber('rosa@example.org', 'email'), null)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { placeAt, placesOf } from './places.ts'

test('a clerk looks students up and is not shown the cases', () => {
  assert.deepEqual(
    placesOf('clerk').map(({ name }) => name),
    ['search', 'imports', 'records', 'outbox', 'settings'],
  )
  assert.equal(placesOf('coordinator')[0]?.name, 'new')
})

test('a case stands in the list it was opened from', () => {
  assert.equal(placeAt('/desk/case/case-1', 'open'), 'open')
  assert.equal(placeAt('/desk/case/case-1', 'new'), 'new')
})

test('every path has its place, and the longest name wins', () => {
  assert.equal(placeAt('/desk', 'new'), 'new')
  assert.equal(placeAt('/desk/contacts', 'new'), 'contacts')
  assert.equal(placeAt('/people/user-1', 'new'), 'people')
  assert.equal(placeAt('/nowhere', 'new'), null)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { deskRoutes } from '../desk-routes.ts'
import { find, isAtDesk } from '../shell/rules.ts'
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

test('every place that a role finds opens for it', () => {
  for (const role of ['clerk', 'coordinator', 'administrator']) {
    for (const { path } of placesOf(role)) {
      const roles = find(deskRoutes, path)?.route.roles ?? [role]
      assert.ok(roles.includes(role), `${role} ${path}`)
    }
  }
})

test('no screen of the desk opens for somebody without a desk', () => {
  const open = deskRoutes.filter(
    ({ roles = [] }) => roles.length === 0 || roles.some((role) => !isAtDesk(role)),
  )

  assert.deepEqual(open, [])
})

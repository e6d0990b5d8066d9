import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { User } from '../../wire/types.gen.ts'
import { draftOf, inOrder, invitableBy, missingIn, type InviteAnswers } from './rules.ts'

const ana: InviteAnswers = {
  name: ' Ana Ruiz ',
  login: 'ana.ruiz',
  role: 'advisor',
  schoolIds: ['school-1'],
  language: 'es',
}

test('an invitation needs a name, a sign-in name, a role and a school', () => {
  const empty: InviteAnswers = { name: ' ', login: '', role: '', schoolIds: [], language: 'en' }

  assert.deepEqual(missingIn(empty), ['name', 'login', 'role'])
  assert.deepEqual(missingIn({ ...ana, schoolIds: [] }), ['schools'])
  assert.deepEqual(missingIn({ ...ana, login: 'ana ruiz' }), ['login'])
  assert.equal(draftOf(empty), null)
})

test('an administrator works with all schools, whatever was ticked before', () => {
  assert.deepEqual(draftOf({ ...ana, role: 'administrator' })?.school_ids, [])
  assert.deepEqual(draftOf(ana), {
    name: 'Ana Ruiz',
    login: 'ana.ruiz',
    role: 'advisor',
    school_ids: ['school-1'],
    language: 'es',
  })
})

test('a coordinator makes no coordinators and no administrators', () => {
  assert.ok(!invitableBy('coordinator').includes('administrator'))
  assert.ok(!invitableBy('coordinator').includes('coordinator'))
  assert.ok(invitableBy('administrator').includes('administrator'))
})

test('people who can work stand first, closed accounts last', () => {
  const user = (name: string, state: string): User => ({
    id: name,
    name,
    login: name,
    role: 'advisor',
    school_ids: [],
    state,
    last_seen_at: null,
  })

  const names = inOrder([user('Zoe', 'closed'), user('Ben', 'active'), user('Ana', 'invited')])

  assert.deepEqual(
    names.map(({ name }) => name),
    ['Ben', 'Ana', 'Zoe'],
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { ConflictField, DeskConflict } from '../../wire/types.gen.ts'
import { decideDeed, undecided } from './conflict.ts'

const field = (name: string): ConflictField => ({
  field: name,
  was: '575 555 0100',
  theirs: '575 555 0111',
  mine: '575 555 0122',
  theirs_by: 'ana',
  theirs_at: null,
  mine_by: 'ben',
  mine_at: null,
  trail: [],
  choice: '',
  chosen: null,
})

const open: DeskConflict = {
  conflict: {
    id: 'conflict-1',
    ent: 'contact_point',
    key: 'point-1',
    why: 'fields',
    fields: [field('value'), field('status')],
    status: 'open',
    mutation_id: null,
    opened_at: '2022-01-21T09:00:00Z',
    resolved_by: null,
    resolved_at: null,
  },
  conflict_ver: 3,
  root: 's123456789',
  student_name: 'Maria',
  school_name: 'Grand Bend',
  subject: 'Rosa',
}

test('a conflict is not decided while one of its fields is open', () => {
  assert.deepEqual(undecided(open.conflict, { value: { choice: 'mine' } }), ['status'])
  assert.equal(decideDeed(open, { value: { choice: 'mine' } }), null)
})

test('a decision names the choice and the value of every field', () => {
  const deed = decideDeed(open, {
    value: { choice: 'mine' },
    status: { choice: 'custom', value: 'works' },
  })

  assert.equal(deed?.base, 3)
  assert.equal(deed.key, 'conflict-1')
  assert.deepEqual(deed.set, {
    choices: {
      value: { choice: 'mine', value: '575 555 0122' },
      status: { choice: 'custom', value: 'works' },
    },
  })
})

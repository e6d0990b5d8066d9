import assert from 'node:assert/strict'
import { test } from 'node:test'

import { edit } from './deed.ts'
import type { Entry } from './entry.ts'
import { AUTHOR, deed, entry, held, point, receipt, STUDENT } from './model.ts'
import { overlay, type LocalRow } from './overlay.ts'
import type { Rows } from './rows.ts'
import { statusOf } from './status.ts'

function pointEdit(set: Entry['deed']['set'], base = 3): Entry['deed'] {
  return deed({ op: 'contact_point.edit', ent: 'contact_point', key: 'p1', base, set })
}

function shown(rows: Rows, entries: readonly Entry[], root: string, name: string): LocalRow {
  const row = overlay(rows, entries, AUTHOR).get(root)?.get(name)
  assert.ok(row, `${name} is not on the screen`)
  return row
}

test('a visit is on the screen from the tap on, with its author and not yet recorded', () => {
  const row = shown(new Map(), [entry(1)], STUDENT, 'contact:c1')

  assert.equal(row.ver, 0)
  assert.partialDeepStrictEqual(row.data, { by: AUTHOR, recorded_at: null, note: 'Nobody home' })
  assert.ok(row.pending.includes('note'))
})

test('a mended number shows with every child of the guardian', () => {
  const rows = held(point(), point({ root: 's2' }))
  const entries = [entry(1, { deed: pointEdit({ value: '505-0199' }) })]

  for (const root of [STUDENT, 's2']) {
    const row = shown(rows, entries, root, 'contact_point:p1')
    assert.equal((row.data as { value: string }).value, '505-0199')
    assert.deepEqual(row.pending, ['value'])
  }
})

test('a new number shows with every child of the guardian who is held', () => {
  const guardian = (root: string) => ({ root, ent: 'guardian', key: 'g1', ver: 1, data: {} })
  const made = deed({
    op: 'contact_point.create',
    ent: 'contact_point',
    key: 'p9',
    set: { guardian_id: 'g1' },
  })

  const view = overlay(held(guardian(STUDENT), guardian('s2')), [entry(1, { deed: made })], AUTHOR)

  assert.deepEqual([...view].filter(([, rows]) => rows.has('contact_point:p9')).length, 2)
})

test('an edit leaves a copy that has reached its version, and stays over one that has not', () => {
  const done = receipt(1, { ver: 4, seq: 9 })
  const rows = held(point({ ver: 5, data: { value: 'theirs' } }), point({ root: 's2' }))
  const entries = [entry(1, { deed: pointEdit({ value: 'mine' }), receipt: done })]

  assert.partialDeepStrictEqual(shown(rows, entries, STUDENT, 'contact_point:p1').data, {
    value: 'theirs',
  })
  assert.partialDeepStrictEqual(shown(rows, entries, 's2', 'contact_point:p1').data, {
    value: 'mine',
  })
})

test('a refused edit shows through no longer', () => {
  const refused = receipt(1, { out: 'refused', ver: 0, seq: 0 })
  const entries = [entry(1, { deed: pointEdit({ value: 'mine' }), receipt: refused })]

  assert.partialDeepStrictEqual(shown(held(point()), entries, STUDENT, 'contact_point:p1').data, {
    value: '505-0100',
  })
})

test('an edit that the server has parked shows until somebody else changes the row', () => {
  const parked = receipt(1, { out: 'parked', ver: 0, seq: 0 })
  const entries = [entry(1, { deed: pointEdit({ value: 'mine' }), receipt: parked })]

  assert.partialDeepStrictEqual(shown(held(point()), entries, STUDENT, 'contact_point:p1').data, {
    value: 'mine',
  })
  const changed = held(point({ ver: 4, data: { value: 'theirs' } }))
  assert.partialDeepStrictEqual(shown(changed, entries, STUDENT, 'contact_point:p1').data, {
    value: 'theirs',
  })
})

test('what an edit saw includes the edits before it that still wait', () => {
  const first = [entry(1, { deed: pointEdit({ value: '505-0199' }) })]
  const seen = shown(held(point()), first, STUDENT, 'contact_point:p1')

  const second = edit('contact_point.edit', seen, { value: '505-0177', status: 'unverified' })

  assert.deepEqual(second?.was, { value: '505-0199' })
  assert.deepEqual(second.set, { value: '505-0177' })
  assert.equal(second.base, 3)
  assert.equal(edit('contact_point.edit', seen, { value: '505-0199' }), null)
})

test('an assigned case says so at once', () => {
  const open = {
    root: STUDENT,
    ent: 'case',
    key: 'k1',
    ver: 1,
    data: { status: 'new', assignee_id: null },
  }
  const assign = deed({
    op: 'case.assign',
    ent: 'case',
    key: 'k1',
    base: 1,
    set: { assignee_id: 'u2' },
  })

  const row = shown(held(open), [entry(1, { deed: assign })], STUDENT, 'case:k1')

  assert.deepEqual(row.data, { status: 'assigned', assignee_id: 'u2' })
})

test('a decided conflict closes at once, and the row shows what was chosen', () => {
  const field = {
    field: 'value',
    was: 'a',
    theirs: 'b',
    mine: 'c',
    mine_by: AUTHOR,
    theirs_by: 'u2',
  }
  const conflict = {
    root: STUDENT,
    ent: 'conflict',
    key: 'f1',
    ver: 1,
    data: { id: 'f1', ent: 'contact_point', key: 'p1', status: 'open', fields: [field] },
  }
  const choose = deed({
    op: 'conflict.resolve',
    ent: 'conflict',
    key: 'f1',
    base: 1,
    set: { choices: { value: { choice: 'mine' } } },
  })
  const rows = held(conflict, point({ data: { value: 'b' } }))
  const of = (entries: readonly Entry[]) =>
    statusOf({
      entries,
      view: overlay(rows, entries, AUTHOR),
      line: { connection: 'offline', sending_of: null, next_try_at: null },
      heard_at: null,
      user_id: AUTHOR,
      is_update_ready: false,
    }).needs_you

  const entries = [entry(1, { deed: choose })]
  const card = shown(rows, entries, STUDENT, 'conflict:f1')

  assert.partialDeepStrictEqual(card.data, {
    status: 'resolved',
    fields: [{ choice: 'mine', chosen: 'c' }],
  })
  assert.ok(card.pending.includes('status'))
  assert.partialDeepStrictEqual(shown(rows, entries, STUDENT, 'contact_point:p1').data, {
    value: 'c',
  })
  assert.equal(of([]), 1)
  assert.equal(of(entries), 0)
})

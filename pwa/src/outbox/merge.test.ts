/** What the screen shows of an own edit is what the server makes of it, where nobody else is in the way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import vectors from '../../../tests/vectors/merge.json' with { type: 'json' }

import { cleaned } from './deed.ts'
import { AUTHOR, deed, entry, held, point, STUDENT } from './model.ts'
import { overlay } from './overlay.ts'

/** An own edit of one field, laid over a row that holds `current`. */
function shown(current: unknown, was: unknown, set: unknown): unknown {
  const base = point({ ent: 'contact', key: 'c1', data: { field: current } })
  const edit = { op: 'contact.amend', key: 'c1', base: 3, was: { field: was }, set: { field: set } }
  const view = overlay(held(base), [entry(1, { deed: cleaned(deed(edit)) })], AUTHOR)
  const row = view.get(STUDENT)?.get('contact:c1')
  return (row?.data as { field?: unknown } | undefined)?.field
}

/** How the phone and the server say "nothing". */
function asNothing(value: unknown): unknown {
  return value === null ? '' : value
}

for (const one of vectors.cases) {
  const isWholeList = one.rule === 'set' && Array.isArray(one.set)
  test(`an own edit shows what the vectors say: ${one.name}`, () => {
    const seen = shown(one.current, one.was, one.set)

    if (one.held)
      assert.deepEqual(seen, one.held.mine, 'one sees what one wrote until it is decided')
    else if (isWholeList) assert.deepEqual(seen, [...(one.set as string[])].sort())
    else assert.deepEqual(asNothing(seen), one.value)
  })
}

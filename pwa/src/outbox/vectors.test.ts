/** What this phone computes and what the server's tests take a phone to compute is pinned by one set of examples. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import applied from '../../../tests/vectors/apply.json' with { type: 'json' }
import overlaid from '../../../tests/vectors/overlay.json' with { type: 'json' }
import renumbered from '../../../tests/vectors/renumber.json' with { type: 'json' }
import settled from '../../../tests/vectors/settle.json' with { type: 'json' }
import type { Receipt, SyncRes } from '../wire/types.gen.ts'
import { plan, type Place, type State } from './apply.ts'
import type { Entry } from './entry.ts'
import { overlay } from './overlay.ts'
import { closeGap, joinAnew, moveTo, sendAgain, type Numbered } from './renumber.ts'
import { nameOf, type BaseRow, type Rows } from './rows.ts'
import { ackedTo, settle } from './settle.ts'

type ToldRows = Readonly<Record<string, readonly BaseRow[]>>
interface ToldState {
  readonly place: Place
  readonly rows: ToldRows
  readonly entries: readonly Entry[]
}

function asRows(told: ToldRows): Rows {
  const roots = Object.entries(told).map(
    ([root, rows]) => [root, new Map(rows.map((row) => [nameOf(row.ent, row.key), row]))] as const,
  )
  return new Map(roots)
}

function byName<T>(held: ReadonlyMap<string, T>): [string, T][] {
  return [...held].sort(([one], [other]) => (one < other ? -1 : 1))
}

function toldRows(rows: Rows): ToldRows {
  return Object.fromEntries(
    byName(rows).map(([root, held]) => [root, byName(held).map(([, row]) => row)]),
  )
}

function asState({ rows, ...rest }: ToldState): State {
  return { ...rest, rows: asRows(rows) }
}

function told({ entries, next_n }: Numbered): unknown {
  return { entries, next_n }
}

for (const one of overlaid.cases) {
  test(`the screen shows what the vectors say: ${one.name}`, () => {
    const rows = asRows(one.rows)

    const view = overlay(rows, one.entries as unknown as Entry[], one.author)

    const shown = Object.fromEntries(
      [...view].map(([root, held]) => [
        root,
        Object.fromEntries([...held].map(([name, { ver, data }]) => [name, { ver, data }])),
      ]),
    )
    assert.deepEqual(shown, one.shown)
  })
}

for (const one of settled.cases) {
  test(`receipts settle what the vectors say: ${one.name}`, () => {
    const entries = one.entries as unknown as Entry[]

    const after = settle(entries, one.receipts as unknown as Receipt[], one.device, one.at)

    assert.deepEqual(after, one.settled)
    assert.equal(ackedTo(after, one.device, entries.length + 1), one.acked_n)
  })
}

for (const one of applied.cases) {
  test(`an answer makes of a phone what the vectors say: ${one.name}`, () => {
    const before = asState(one.before as unknown as ToldState)

    const { next, is_stale } = plan(before, one.answer as unknown as SyncRes, one.present)

    assert.deepEqual({ ...next, rows: toldRows(next.rows) }, one.after)
    assert.equal(is_stale, one.is_stale)
  })
}

for (const one of renumbered.cases) {
  test(`numbers are given anew as the vectors say: ${one.name}`, () => {
    const entries = one.entries as unknown as Entry[]

    assert.deepEqual(told(closeGap(entries, 'd1', one.server_next, one.next_n)), one.close_gap)
    assert.deepEqual(told(moveTo(entries, 'd2')), one.move_to)
    assert.deepEqual(told(joinAnew(entries, 'd2')), one.join_anew)
    assert.deepEqual(told(sendAgain(entries, 'd1', one)), one.send_again)
  })
}

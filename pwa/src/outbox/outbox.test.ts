import assert from 'node:assert/strict'
import { test } from 'node:test'

import { plan, type State } from './apply.ts'
import { waitMs } from './backoff.ts'
import { cleaned } from './deed.ts'
import type { Entry } from './entry.ts'
import { forgettable } from './forget.ts'
import {
  answer,
  deed,
  entry,
  fresh,
  held,
  moment,
  point,
  present,
  pull,
  receipt,
  STUDENT,
} from './model.ts'
import { ackedTo, settle } from './settle.ts'

const AT = '2026-03-02T15:00:00.000Z'

test('a receipt is for what was sent, not for what was written meanwhile', () => {
  const entries = [entry(1), entry(2)]

  const after = settle(entries, [receipt(1), receipt(2, { id: 'another' })], 'd1', AT)

  assert.deepEqual(
    after.map((one) => one.receipt?.n ?? null),
    [1, null],
  )
  assert.equal(ackedTo(after, 'd1', 3), 1)
  assert.equal(ackedTo([], 'd1', 3), 2)
})

test('received work is listed for a week, and kept until a backup has it', () => {
  const done = (n: number, received_at: string, change: Partial<Entry> = {}) =>
    entry(n, { receipt: receipt(n), received_at, is_settled: true, ...change })
  const horizon = {
    durable_n: 2,
    device: 'd1',
    shown_since: '2026-02-23T00:00:00.000Z',
    kept_since: '2026-01-31T00:00:00.000Z',
  }
  const entries = [
    done(1, '2026-02-20T00:00:00.000Z'),
    done(2, '2026-03-01T00:00:00.000Z'),
    done(3, '2026-02-20T00:00:00.000Z'),
    done(4, '2026-01-01T00:00:00.000Z'),
    done(5, '2026-01-01T00:00:00.000Z', { receipt: receipt(5, { out: 'refused' }) }),
    done(6, '2026-01-01T00:00:00.000Z', { is_settled: false }),
    entry(7),
    // An earlier device of this profile sent it: no answer says whether a backup has it.
    done(9, '2026-01-01T00:00:00.000Z', { device: 'd0' }),
    done(10, '2026-02-20T00:00:00.000Z', { device: 'd0' }),
    // A server that lost its key holds an envelope it cannot read: this copy is the only one.
    done(8, '2026-01-01T00:00:00.000Z', {
      receipt: receipt(8, { out: 'parked', code: 'cannot_open' }),
    }),
  ]

  assert.deepEqual(forgettable(entries, horizon), ['m1', 'm9'])
})

test('what is in a backup of an earlier device does not let the work of this one go', async () => {
  const long_ago = { receipt: receipt(1), received_at: moment(1), is_settled: true, device: 'd2' }
  const now = fresh()
  const place = { ...now.place, device: 'd2', epoch: 'e1' }
  const state = { ...now, place, entries: [entry(1, long_ago)] }

  const late = plan(state, answer({ device: 'd1', durable_n: 9 }), await present(state)).next
  const own = plan(late, answer({ device: 'd2', durable_n: 1 }), await present(late)).next

  assert.deepEqual([late.entries.length, own.entries.length], [1, 0])
})

test('nothing without a receipt is ever forgotten, and what no backup has stays however old it is', () => {
  const long_ago = '2020-01-01T00:00:00.000Z'
  const horizon = {
    durable_n: 0,
    device: 'd1',
    shown_since: '2026-02-23T00:00:00.000Z',
    kept_since: '2026-01-31T00:00:00.000Z',
  }
  const received = { receipt: receipt(1), received_at: long_ago, is_settled: true }

  assert.deepEqual(forgettable([entry(1, received)], horizon), [])
  assert.deepEqual(forgettable([entry(1)], { ...horizon, durable_n: 9 }), [])
  assert.deepEqual(forgettable([entry(1, { device: 'd0' })], { ...horizon, durable_n: 9 }), [])
  assert.deepEqual(forgettable([entry(1, received)], { ...horizon, durable_n: 1 }), ['m1'])
})

test('where no backup is set up a week of received work is kept, however much, and no more', () => {
  const days = Array.from({ length: 60 }, (_, index) => index + 1)
  const today = Array.from({ length: 50 }, (_, index) => index + 61)
  const entries = [...days, ...today].map((n) =>
    entry(n, { receipt: receipt(n), received_at: moment(Math.min(n, 60)), is_settled: true }),
  )
  // There the server calls durable what is committed: all of it.
  const horizon = { durable_n: 110, device: 'd1', shown_since: moment(54), kept_since: moment(30) }

  const gone = new Set(forgettable(entries, horizon))

  const kept = entries.filter(({ id }) => !gone.has(id)).map(({ n }) => n)
  assert.deepEqual(kept, [54, 55, 56, 57, 58, 59, 60, ...today])
})

test('an answer made for another holding gives receipts only', async () => {
  const before: State = { ...fresh(), entries: [entry(1)] }
  const late = pull({ base: 'other', cursor: 'e1.9', head: 9, reset: true })

  const { next, is_stale } = plan(
    before,
    answer({ receipts: [receipt(1)], pull: late }),
    await present(before),
  )

  assert.equal(is_stale, true)
  assert.equal(next.place.cursor, '')
  assert.equal(next.entries[0]?.receipt?.n, 1)
})

test('a dropped student leaves the phone, and what was written about him stays in the outbox', async () => {
  const place = {
    ...fresh().place,
    epoch: 'e1',
    cursor: 'e1.4',
    held: { [STUDENT]: 'adv', s2: 'adv' },
  }
  const before: State = { place, rows: held(point(), point({ root: 's2' })), entries: [entry(1)] }
  const now = await present(before)
  const gone = pull({
    base: now.digest,
    cursor: 'e1.5',
    head: 5,
    drop: [{ root: STUDENT, why: 'reassigned' }],
  })

  const { next } = plan(before, answer({ pull: gone }), now)

  assert.deepEqual([...next.rows.keys()], ['s2'])
  assert.deepEqual(next.place.held, { s2: 'adv' })
  assert.equal(next.entries.length, 1)
})

test('a row that left its root is gone, one for a root not held is not taken', async () => {
  const place = { ...fresh().place, epoch: 'e1', cursor: 'e1.4', held: { [STUDENT]: 'adv' } }
  const before: State = { place, rows: held(point()), entries: [] }
  const now = await present(before)
  const rows = [
    { root: STUDENT, ent: 'contact_point', key: 'p1', ver: 4, data: null },
    { root: 's9', ent: 'contact_point', key: 'p1', ver: 4, data: {} },
  ]

  const { next } = plan(
    before,
    answer({ pull: pull({ base: now.digest, cursor: 'e1.5', head: 5, rows }) }),
    now,
  )

  assert.equal(next.rows.get(STUDENT)?.size, 0)
  assert.equal(next.rows.has('s9'), false)
})

test('after a reset what was written shows again, until its student has come back', async () => {
  const place = {
    ...fresh().place,
    epoch: 'e1',
    cursor: 'e1.4',
    held: { [STUDENT]: 'adv' },
    pulled_to: 4,
  }
  const done = entry(1, { receipt: receipt(1), received_at: moment(99), is_settled: true })
  const before: State = { place, rows: held(point()), entries: [done] }
  const now = await present(before)
  const first = pull({ base: now.digest, cursor: 'e1.5', head: 5, reset: true, more: true })

  const { next } = plan(before, answer({ pull: first }), now)

  assert.equal(next.entries[0]?.is_settled, false)
  assert.ok(next.entries[0].receipt)
})

test('words are kept in one spelling, and sets of codes in one order', () => {
  const typed = deed({ set: { note: 'Pen\u0303a\0 \ud83d', causes: ['b', 'a'], met: undefined } })

  assert.deepEqual(cleaned(typed).set, { note: 'Pe\u00f1a \ufffd', causes: ['a', 'b'], met: null })
})

test('a phone tries again later and later, never after more than five minutes, unless it is asked to', () => {
  assert.equal(waitMs(1, 0, 0), 1000)
  assert.equal(waitMs(1, 0, 1), 2000)
  assert.equal(waitMs(60, 0, 1), 300_000)
  assert.equal(waitMs(1, 600_000, 0), 600_000)
})

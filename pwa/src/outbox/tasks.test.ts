import assert from 'node:assert/strict'
import { test } from 'node:test'

import { plan, type State } from './apply.ts'
import { ofTask } from './deed.ts'
import { mutationOf, stateOf, type Entry } from './entry.ts'
import { forgettable } from './forget.ts'
import {
  answer,
  AUTHOR,
  deed,
  entry,
  fresh,
  held,
  point,
  present,
  pull,
  receipt,
  STUDENT,
} from './model.ts'
import { overlay, type LocalRow } from './overlay.ts'
import { sendAgain } from './renumber.ts'
import type { BaseRow } from './rows.ts'

const POOL = 'p1'
const OWN = 'u1'

function task(change: object = {}): BaseRow {
  const data = { id: 't1', status: 'open', holder_id: null, until: null, token: 4, done_by: null }
  const rest = { contact_id: null, duplicate_effort: false, ...change }
  return { root: POOL, ent: 'task', key: 't1', ver: 2, data: { ...data, ...rest } }
}

function shown(base: BaseRow, ...deeds: readonly Entry['deed'][]): LocalRow<'task'> {
  const entries = deeds.map((one, index) => entry(index + 1, { deed: one }))
  const row = overlay(held(base), entries, AUTHOR).get(POOL)?.get('task:t1')
  assert.ok(row)
  return row as LocalRow<'task'>
}

test('a claim shows at once, with no time: only the server gives that', () => {
  const row = shown(task())

  const claimed = shown(task(), ofTask('task.claim', row))

  assert.partialDeepStrictEqual(claimed.data, { holder_id: AUTHOR, until: null, token: 5 })
  assert.ok(claimed.pending.includes('holder_id'))
})

test('what is done under a lease names its token on the wire, and a claim names none', () => {
  const row = shown(task({ holder_id: AUTHOR, until: 'later' }))

  assert.equal(mutationOf(entry(1, { deed: ofTask('task.complete', row) })).fence, 4)
  assert.equal(mutationOf(entry(1, { deed: ofTask('task.release', row) })).fence, 4)
  assert.equal(mutationOf(entry(1, { deed: ofTask('task.claim', row) })).fence, 0)
  assert.equal(mutationOf(entry(1)).fence, 0)
})

test('a call that is given back before its claim was answered is given back whichever lease that got', () => {
  const claim = ofTask('task.claim', shown(task()))

  const back = ofTask('task.release', shown(task(), claim))

  assert.equal(mutationOf(entry(2, { deed: back })).fence, 0)
})

test('claim, call and completion without a network go out as they were done', () => {
  const first = shown(task())
  const claim = ofTask('task.claim', first)
  const done = ofTask('task.complete', shown(task(), claim), { contact_id: 'c1' })

  const after = shown(task(), claim, done)

  assert.equal(done.fence, 5)
  assert.partialDeepStrictEqual(after.data, { status: 'done', done_by: AUTHOR, contact_id: 'c1' })
})

test('a claim that was refused gives the call back to whoever has it', () => {
  const row = shown(task({ holder_id: 'u2', until: 'later' }))
  const refused = receipt(1, { out: 'refused', ver: 0, seq: 0, code: 'taken' })
  const entries = [entry(1, { deed: ofTask('task.claim', row), receipt: refused })]

  const view = overlay(held(task({ holder_id: 'u2', until: 'later' })), entries, AUTHOR)

  assert.partialDeepStrictEqual(view.get(POOL)?.get('task:t1')?.data, { holder_id: 'u2' })
})

test('the call of whoever came second is marked, and names the first', () => {
  const base = task({ status: 'done', done_by: 'u2', contact_id: 'c9' })
  const row = shown(base)

  const after = shown(base, ofTask('task.complete', row, { contact_id: 'c1' }))

  const told = { done_by: 'u2', contact_id: 'c9', duplicate_effort: true }
  assert.partialDeepStrictEqual(after.data, told)
})

function replayed(change: object = {}): BaseRow {
  const data = { id: 'm1', out: 'applied', ver: 4, code: '', text: '', conflict: null, ...change }
  return { root: OWN, ent: 'replayed', key: 'm1', ver: 1, data }
}

/** A phone whose only work is parked: an edit of a number. */
function parked(code = 'broken'): State {
  const edit = { op: 'contact_point.edit', ent: 'contact_point', key: 'p1', base: 3 } as const
  const waits = entry(1, {
    deed: deed({ ...edit, set: { value: 'mine' } }),
    receipt: receipt(1, { out: 'parked', seq: 0, ver: 0, code }),
    received_at: 'day 0001',
  })
  const place = { ...fresh().place, epoch: 'e1', held: { [STUDENT]: 'adv', [OWN]: 'self' } }
  return { place, rows: held(point()), entries: [waits] }
}

async function told(before: State, row: BaseRow, more = false): Promise<State> {
  const now = await present(before)
  const news = pull({ base: now.digest, head: 9, more, rows: [{ ...row, data: row.data }] })
  return plan(before, answer({ pull: news, durable_n: 1 }), now).next
}

test('what was parked and taken after all is received, and settled with the pull that tells it', async () => {
  const cut = await told(parked(), replayed(), true)
  assert.deepEqual(cut.entries.map(stateOf), ['received'])
  assert.equal(cut.entries[0]?.is_settled, false)

  const whole = await told(parked(), replayed())
  // Old enough and in a backup: with its last word it need not be kept any longer.
  assert.deepEqual(whole.entries, [])
})

test('what was parked and refused in the end leaves the screen, and waits for its author', async () => {
  const after = await told(parked(), replayed({ out: 'refused', code: 'forbidden', ver: 0 }))

  assert.deepEqual(after.entries.map(stateOf), ['refused'])
  const view = overlay(after.rows, after.entries, AUTHOR)
  assert.partialDeepStrictEqual(view.get(STUDENT)?.get('contact_point:p1')?.data, {
    value: '505-0100',
  })
  assert.equal(after.entries[0]?.receipt?.out, 'parked')
})

test('words that nobody else can read stay on the phone, also when the office gave up on them', async () => {
  const horizon = { durable_n: 9, device: 'd1', shown_since: 'day 9', kept_since: 'day 9' }
  for (const code of ['cannot_open', 'undecodable', 'not_utf8', 'number_differs', 'too_deep']) {
    const after = await told(parked(code), replayed({ out: 'refused', code: 'dismissed' }))
    const read = after.entries.map((one) => ({ ...one, is_seen: true }))

    assert.deepEqual([read.length, forgettable(read, horizon)], [1, []], code)
  }
})

test('another life of the database voids the last word, too', async () => {
  const after = await told(parked(), replayed(), true)

  const [again] = sendAgain(after.entries, 'd1', { next_n: 2, server_next: 1 }).entries
  assert.deepEqual([again?.receipt, again?.replay], [null, null])
})

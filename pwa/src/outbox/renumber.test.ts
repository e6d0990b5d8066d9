import assert from 'node:assert/strict'
import { test } from 'node:test'

import { entry, receipt } from './model.ts'
import { closeGap, joinAnew, moveTo, sendAgain } from './renumber.ts'

test('a gap voids the receipts the server no longer knows', () => {
  const entries = [1, 2, 3].map((n) => entry(n, { receipt: receipt(n), is_settled: true }))

  const { entries: after, next_n } = closeGap(entries, 'd1', 2, 4)

  assert.deepEqual(
    after.map((one) => [one.n, one.receipt === null]),
    [
      [1, false],
      [2, true],
      [3, true],
    ],
  )
  assert.equal(next_n, 4)
})

test('what was forgotten cannot be sent again, so the rest closes up to the number asked for', () => {
  const { entries, next_n } = closeGap([entry(7), entry(8)], 'd1', 3, 9)

  assert.deepEqual(
    entries.map((one) => [one.n, one.id]),
    [
      [3, 'm7'],
      [4, 'm8'],
    ],
  )
  assert.equal(next_n, 5)
})

test('a cloned phone goes on as another device, with the same ids', () => {
  const entries = [entry(1, { receipt: receipt(1) }), entry(2), entry(3)]

  const { entries: after, next_n } = moveTo(entries, 'd2')

  assert.deepEqual(
    after.map((one) => [one.device, one.n, one.id]),
    [
      ['d1', 1, 'm1'],
      ['d2', 1, 'm2'],
      ['d2', 2, 'm3'],
    ],
  )
  assert.equal(next_n, 3)
})

test('after a restore older work goes out first, whichever device of the phone did it', () => {
  const first = entry(1, { receipt: receipt(1) })
  const [second, third] = [entry(2, { device: 'd2', n: 1 }), entry(3, { device: 'd2', n: 2 })]
  const sent = (serverNext: number) =>
    sendAgain([first, second, third], 'd2', { next_n: 3, server_next: serverNext }).entries.map(
      (one) => [one.device, one.n, one.id, one.receipt],
    )

  assert.deepEqual(sent(1), [
    ['d2', 1, 'm1', null],
    ['d2', 2, 'm2', null],
    ['d2', 3, 'm3', null],
  ])
  assert.deepEqual(sent(2), [
    ['d2', 1, 'm2', null],
    ['d2', 2, 'm1', null],
    ['d2', 3, 'm3', null],
  ])
})

test('a phone that the restored server never met sends all it keeps, oldest first', () => {
  const { entries, next_n } = joinAnew([entry(4, { receipt: receipt(4) }), entry(5)], 'd2')

  assert.deepEqual(
    entries.map((one) => [one.device, one.n, one.id, one.receipt]),
    [
      ['d2', 1, 'm4', null],
      ['d2', 2, 'm5', null],
    ],
  )
  assert.equal(next_n, 3)
})

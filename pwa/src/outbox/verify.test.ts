import assert from 'node:assert/strict'
import { test } from 'node:test'

import numbers from '../../../tests/vectors/numbers.json' with { type: 'json' }
import vectors from '../../../tests/vectors/verify.json' with { type: 'json' }

import { entry, fresh, held, point, receipt, sha256, STUDENT } from './model.ts'
import { nameOf, type BaseRow } from './rows.ts'
import { canonical, digestOf, digestsOf, without } from './verify.ts'

for (const { name, rows, digest } of vectors.cases) {
  test(`phone and server make the same digest of a root: ${name}`, async () => {
    const told = (rows as unknown as Omit<BaseRow, 'root'>[]).map(
      (row) => [nameOf(row.ent, row.key), { root: STUDENT, ...row }] as const,
    )

    assert.equal(await digestOf(sha256, new Map(told)), digest)
    assert.equal(await digestOf(sha256, new Map(told.reverse())), digest)
  })
}

test('phone and server spell every number alike', () => {
  for (const { said, spelled } of numbers.cases) {
    assert.equal(canonical(JSON.parse(said)), spelled)
  }
})

test('one character more, in one row, makes another digest', async () => {
  const held = (value: string) =>
    new Map([['contact_point:p1', point({ data: { ...point().data, value } })]])

  assert.notEqual(
    await digestOf(sha256, held('505-0100')),
    await digestOf(sha256, held('505-0101')),
  )
})

test('a root that is held without a row is told, one that is not held is not', async () => {
  const digests = await digestsOf(sha256, held(point({ root: 's9' })), { [STUDENT]: 'adv' })

  assert.deepEqual(Object.keys(digests), [STUDENT])
})

test('a root that differs is forgotten, and what was written about it shows until it is back', () => {
  const place = { ...fresh().place, cursor: 'e1.4', pulled_to: 4 }
  const rows = held(point(), point({ root: 's2', key: 'p2' }))
  const done = (n: number, root: string) =>
    entry(n, { receipt: receipt(n), is_settled: true, deed: { ...entry(n).deed, root } })
  const entries = [done(1, STUDENT), done(2, 's2'), entry(3)]
  const before = { place: { ...place, held: { [STUDENT]: 'adv', s2: 'adv' } }, rows, entries }

  const after = without(before, [STUDENT, 'not held'])

  assert.deepEqual(after.place, { ...place, held: { s2: 'adv' }, pulled_to: 0 })
  assert.deepEqual([...after.rows.keys()], ['s2'])
  assert.deepEqual(
    after.entries.map(({ id, is_settled, receipt }) => [id, is_settled, receipt !== null]),
    [
      ['m1', false, true],
      ['m2', true, true],
      ['m3', false, false],
    ],
  )
  assert.equal(without(before, ['not held']), before)
})

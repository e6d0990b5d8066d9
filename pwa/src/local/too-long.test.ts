/** What becomes of more words than a request can carry. */
import 'fake-indexeddb/auto'

import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { type FakeServer, visit } from './model.ts'
import { Phones } from './phones.ts'
import { TooLong } from './ports.ts'

const phones = new Phones()

let server: FakeServer

beforeEach(async () => {
  ;({ server } = await phones.begin())
})

afterEach(() => phones.end())

test('what no request could ever carry is not kept, and the words stay where they were typed', async () => {
  const phone = await phones.with('one')

  await assert.rejects(phone.keep(visit('w'.repeat(300_000))), TooLong)
  await phone.keep(visit('two'))
  await phone.sync()

  assert.deepEqual(
    phone.outbox().map(({ n, state }) => [n, state]),
    [
      [1, 'received'],
      [2, 'received'],
    ],
  )
})

test('what turns out too long even alone is told with its words, and nothing waits behind it', async () => {
  const phone = await phones.with('one', 'w'.repeat(256_000), 'three', 'four')
  const long = phone.outbox()[1]
  server.longest = 200_000

  await phone.sync()

  const found = phone.outbox().map(({ id, n, state, receipt }) => ({ id, n, state, receipt }))
  assert.deepEqual(found.map(({ n, state }) => [n, state]).toSorted(), [
    [0, 'refused'],
    [1, 'received'],
    [2, 'received'],
    [3, 'received'],
  ])
  const told = found.find(({ id }) => id === long?.id)
  assert.equal(told?.receipt?.code, 'unsendable')
  assert.equal(phone.status().waiting, 0)
  assert.equal(phone.status().needs_you, 1)
  assert.equal(server.inside.taken.size, 3)
})

test('what was too long stays through a restore of the server and under another device', async () => {
  const phone = await phones.with('one', 'w'.repeat(256_000), 'three')
  const long = phone.outbox()[1]
  server.longest = 200_000
  await phone.sync()
  await phone.markSeen(long?.id ?? '')

  server.forgetDevice(phone.device_id)
  await phone.sync()
  await phone.sync()

  const kept = phone.outbox().find(({ id }) => id === long?.id)
  assert.equal(kept?.deed.set['note'], 'w'.repeat(256_000))
  assert.equal(kept.state, 'refused')
  assert.deepEqual(
    phone
      .outbox()
      .map(({ n }) => n)
      .toSorted(),
    [0, 1, 2],
  )
})

/** What becomes of more words than a request can carry. */
import 'fake-indexeddb/auto'

import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { Locker } from './locker.ts'
import { FakeServer, ME, Tab, visit } from './model.ts'
import { TooLong, type Phone } from './ports.ts'

const PIN = { pin: '48291357' }
const FEW = 1000

let server: FakeServer
let tab: Tab
let open: Phone[] = []

beforeEach(async () => {
  server = await FakeServer.start()
  tab = new Tab(server)
})

afterEach(async () => {
  for (const phone of open) phone.lock()
  open = []
  await new Locker(new Tab(server), FEW).remove(ME.id, true)
})

async function phoneWith(...notes: readonly string[]): Promise<Phone> {
  const phone = await new Locker(tab, FEW).create(ME, PIN)
  open.push(phone)
  await phone.sync()
  server.line = 'down'
  for (const note of notes) await phone.keep(visit(note))
  await phone.sync()
  server.line = 'up'
  return phone
}

test('what no request could ever carry is not kept, and the words stay where they were typed', async () => {
  const phone = await phoneWith('one')

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
  const phone = await phoneWith('one', 'w'.repeat(256_000), 'three', 'four')
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
  const phone = await phoneWith('one', 'w'.repeat(256_000), 'three')
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

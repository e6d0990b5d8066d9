/** What the engine does when the server says no, not now, not so, or not you. */
import 'fake-indexeddb/auto'

import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { type FakeServer, ME, type Tab, visit } from './model.ts'
import { Phones } from './phones.ts'
import type { Phone } from './ports.ts'

const phones = new Phones()

let server: FakeServer
let tab: Tab

beforeEach(async () => {
  ;({ server, tab } = await phones.begin())
})

afterEach(() => phones.end())

function kept(phone: Phone): unknown[] {
  return phone.outbox().map(({ n, id, deed, receipt }) => ({ n, id, deed, receipt }))
}

function notes(phone: Phone): string[] {
  return phone.rows('contact').map(({ data }) => data.note)
}

for (const status of [429, 503]) {
  test(`told to come later (${status}), a phone changes nothing and waits as long as it is asked to`, async () => {
    const phone = await phones.with('one', 'two')
    const before = { kept: kept(phone), progress: phone.progress(), shown: notes(phone) }
    server.instead = { status, retry_after: '600' }

    await phone.sync()

    assert.deepEqual({ kept: kept(phone), progress: phone.progress(), shown: notes(phone) }, before)
    assert.equal(phone.status().next_try_at, new Date(tab.at + 600_000).toISOString())
    assert.deepEqual([...tab.timers.values()], [600_000])
    assert.equal(server.inside.taken.size, 0)
    server.instead = null
    for (const run of [...tab.timers.keys()]) run()
    await phone.sync()
    assert.equal(phone.status().waiting, 0)
  })
}

test('a busy server is left alone as long as it asks, and everything still waits', async () => {
  const phone = await phones.with('one')
  const before = kept(phone)
  server.stop = 'busy'
  server.retry_ms = 90_000

  await phone.sync()

  assert.deepEqual(kept(phone), before)
  assert.deepEqual([...tab.timers.values()], [90_000])
  server.stop = ''
  await phone.sync()
  assert.equal(phone.status().waiting, 0)
})

test('a revoked phone says so, and keeps what it has not sent', async () => {
  const phone = await phones.with('one')
  const before = kept(phone)
  server.stop = 'revoked'

  await phone.sync()

  assert.equal(phone.status().connection, 'revoked')
  assert.deepEqual(kept(phone), before)
  assert.equal(phone.status().waiting, 1)
})

test('a phone that was lost, revoked and found brings its work when its person signs in anew', async () => {
  const phone = await phones.with('one', 'two')
  const ids = phone.outbox().map(({ id }) => id)
  server.revoke(phone.device_id)
  await phone.sync()
  assert.equal(phone.status().connection, 'revoked')

  server.hasSession = true
  await phone.sync()

  assert.equal(phone.status().connection, 'online')
  assert.equal(phone.status().waiting, 0)
  assert.deepEqual([...server.inside.taken.keys()], ids)
  assert.equal(phone.rows('contact').length, 2)
})

test('who finds a revoked phone and signs in as somebody else sends nothing from it', async () => {
  const phone = await phones.with('one')
  const { device_id } = phone
  server.revoke(device_id)
  server.hasSession = true
  server.me = { ...ME, id: '01900000-0000-7000-8000-0000000000ff' }

  await phone.sync()

  assert.equal(phone.status().connection, 'revoked')
  assert.deepEqual([phone.device_id, phone.status().waiting], [device_id, 1])
})

test('a batch too long for the server goes out one by one in the end, in the order it was done', async () => {
  const phone = await phones.with('a', 'b', 'c', 'd', 'e', 'f', 'g')
  server.most = 1

  await phone.sync()

  assert.equal(phone.status().waiting, 0)
  const ids = phone.outbox().map(({ id }) => id)
  assert.deepEqual([...server.inside.taken.keys()], ids)
})

test('one deed that is too long by itself is kept, and tried again later', async () => {
  const phone = await phones.with('long')
  const before = kept(phone)
  server.most = 0

  await phone.sync()

  assert.deepEqual(kept(phone), before)
  assert.ok(phone.status().next_try_at)
})

test('what the server lost at the end it is sent again, with the same ids', async () => {
  const phone = await phones.with('a', 'b', 'c')
  await phone.sync()
  const ids = phone.outbox().map(({ id }) => id)
  server.inside.loseFrom('device-1', 2)
  await phone.keep(visit('d'))

  await phone.sync()

  assert.deepEqual(
    phone.outbox().map(({ n, state }) => `${n} ${state}`),
    ['1 received', '2 received', '3 received', '4 received'],
  )
  assert.deepEqual([...server.inside.taken.keys()].slice(0, 3), ids)
  assert.equal(server.inside.taken.size, 4)
})

test('under a new device what has no receipt is counted from one, and keeps its id', async () => {
  const phone = await phones.with('a')
  await phone.sync()
  server.inside.useNumberOf('device-1')
  server.line = 'down'
  const [second, third] = [await phone.keep(visit('b')), await phone.keep(visit('c'))]
  server.line = 'up'

  await phone.sync()

  assert.equal(phone.device_id, 'device-2')
  const [first, ...moved] = phone.outbox()
  assert.equal(first?.n, 1)
  assert.deepEqual(
    moved.map(({ n, id, state }) => [n, id, state]),
    [
      [1, second.id, 'received'],
      [2, third.id, 'received'],
    ],
  )
})

test('another life of the database: receipts are void, rows are forgotten, all that is kept goes out', async () => {
  const phone = await phones.with('a', 'b', 'c')
  await phone.sync()
  const ids = phone.outbox().map(({ id }) => id)
  server.inside.restore(0)
  assert.equal(server.inside.taken.size, 0)
  server.line = 'down'
  const late = await phone.keep(visit('d'))
  server.line = 'up'

  await phone.sync()

  assert.deepEqual([...server.inside.taken.keys()], [...ids, late.id])
  assert.deepEqual(
    phone.outbox().map(({ id, state }) => [id, state]),
    [...ids, late.id].map((id) => [id, 'received']),
  )
  assert.deepEqual(notes(phone).sort(), ['a', 'b', 'c', 'd'])
})

test('a server put back from before this phone joined takes it in anew, and all that it kept', async () => {
  const phone = await phones.with('a', 'b')
  await phone.sync()
  server.inside.restore(0)
  server.forgetDevice('device-1')
  await phone.keep(visit('c'))

  await phone.sync()
  await phone.sync()

  assert.equal(phone.device_id, 'device-2')
  assert.equal(phone.status().waiting, 0)
  assert.equal(server.inside.taken.size, 3)
})

test("a phone never becomes another person's device because that person is signed in here", async () => {
  const phone = await phones.with('a')
  server.forgetDevice('device-1')
  server.me = { ...ME, id: '01900000-0000-7000-8000-00000000beef' }

  await phone.sync()

  assert.equal(phone.device_id, 'device-1')
  assert.equal(phone.status().connection, 'signed_out')
  assert.equal(phone.status().waiting, 1)
})

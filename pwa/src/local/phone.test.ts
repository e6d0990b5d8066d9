import 'fake-indexeddb/auto'

import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { type FakeServer, ME, Tab, visit } from './model.ts'
import { PIN, Phones } from './phones.ts'
import { StillUnsent, type Phone } from './ports.ts'

const phones = new Phones()

let server: FakeServer

beforeEach(async () => {
  ;({ server } = await phones.begin())
})

afterEach(() => phones.end())

function states(phone: Phone): string[] {
  return phone.outbox().map(({ n, state }) => `${n} ${state}`)
}

test('a visit kept while the server is gone is there after a restart, and is received once', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  server.line = 'down'
  await phone.keep(visit('Nobody home'))
  await phone.sync()
  assert.equal(phone.status().connection, 'offline')
  assert.equal(phone.status().waiting, 1)
  assert.ok(phone.status().next_try_at)
  phone.lock()

  const again = await phones.opened(phones.locker().unlock(ME.id, PIN))
  assert.deepEqual(states(again), ['1 waiting'])
  assert.equal((again.rows('contact')[0]?.data as { note: string }).note, 'Nobody home')
  server.line = 'up'
  await again.sync()

  assert.deepEqual(states(again), ['1 received'])
  assert.equal(again.status().waiting, 0)
  assert.equal(server.inside.taken.size, 1)
  assert.equal(again.progress().is_done, true)
  assert.equal(again.rows('contact')[0]?.ver, 1)
})

test('a locked phone is counted, delivered by its token, and not removed before', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  server.line = 'down'
  await phone.keep(visit('first'))
  await phone.keep(visit('second'))
  phone.lock()

  assert.equal(await phones.locker().unsent(ME.id), 2)
  await assert.rejects(phones.locker().remove(ME.id, false), StillUnsent)
  assert.equal(await phones.locker().deliver(ME.id), 2)
  server.line = 'signed_out'
  server.most = 1
  assert.equal(await phones.locker().deliver(ME.id), 0)
  assert.equal(server.inside.taken.size, 2)

  const again = await phones.opened(phones.locker().unlock(ME.id, PIN))
  assert.deepEqual(states(again), ['1 received', '2 received'])
})

test('when a receipt came to a locked phone is told by the server, however wrong the phone is', async () => {
  const tab = new Tab(server)
  tab.at = Date.UTC(2020, 0, 1)
  const phone = await phones.opened(phones.locker(tab).create(ME, PIN))
  server.line = 'down'
  await phone.keep(visit('By a clock from 2020'))
  phone.lock()
  server.line = 'signed_out'
  await phones.locker(tab).deliver(ME.id)

  const again = await phones.opened(phones.locker(tab).unlock(ME.id, PIN))

  assert.equal(again.outbox()[0]?.received_at, server.now)
})

test('a phone that was never unlocked again still delivers, when there is a chance', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  server.line = 'down'
  await phone.keep(visit('Left in the car'))
  phone.lock()
  server.line = 'signed_out'

  const tab = new Tab(server)
  const end = phones.locker(tab).watch()
  while ((await phones.locker().unsent(ME.id)) > 0)
    await new Promise((resolve) => setTimeout(resolve, 2))
  end()

  assert.equal(server.inside.taken.size, 1)
})

test('a phone that is locked while the server is gone tries again by itself', async () => {
  const tab = new Tab(server)
  const one = phones.locker(tab)
  const phone = await phones.opened(one.create(ME, PIN))
  const end = one.watch()
  server.line = 'down'
  await phone.keep(visit('Locked in a valley'))
  await phone.sync()
  phone.lock()
  while (tab.timers.size === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  server.line = 'up'

  for (const run of tab.timers.keys()) run()
  while ((await phones.locker().unsent(ME.id)) > 0)
    await new Promise((resolve) => setTimeout(resolve, 2))
  end()

  assert.equal(server.inside.taken.size, 1)
})

test('after the session has ended the queue still goes out', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  server.line = 'signed_out'

  await phone.keep(visit('No session'))
  await phone.sync()

  assert.equal(phone.status().connection, 'signed_out')
  assert.equal(phone.status().waiting, 0)
  assert.equal(server.inside.taken.size, 1)
})

test('a Wi-Fi that wants a sign-in is told apart, and nothing is taken for received', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  server.line = 'portal'

  await phone.keep(visit('Behind a portal'))
  await phone.sync()

  assert.equal(phone.status().connection, 'portal')
  assert.equal(phone.status().waiting, 1)
})

test('two tabs number without a hole and send each visit once', async () => {
  const one = await phones.opened(phones.locker().create(ME, PIN))
  const other = await phones.opened(phones.locker().unlock(ME.id, PIN))

  const kept = await Promise.all(
    Array.from({ length: 10 }, (_, index) => (index % 2 ? one : other).keep(visit(`${index}`))),
  )
  await Promise.all([one.sync(), other.sync()])

  const numbers = kept.map(({ n }) => n).sort((a, b) => a - b)
  assert.deepEqual(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  assert.equal(server.inside.taken.size, 10)
  assert.equal(one.status().waiting, 0)
  assert.equal(other.status().waiting, 0)
})

test('a batch that is too long goes out in halves', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  server.line = 'down'
  for (const note of ['a', 'b', 'c', 'd', 'e']) await phone.keep(visit(note))
  await phone.sync()
  server.line = 'up'
  server.most = 2

  await phone.sync()

  assert.equal(phone.status().waiting, 0)
  assert.equal(server.inside.taken.size, 5)
})

test('a phone whose numbers another profile used becomes a device of its own', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  server.inside.useNumberOf('device-1')

  await phone.keep(visit('From a clone'))
  await phone.sync()

  assert.deepEqual(states(phone), ['1 received'])
  assert.equal(server.inside.taken.size, 1)
  phone.lock()
  const again = await phones.opened(phones.locker().unlock(ME.id, PIN))
  await again.keep(visit('And on'))
  await again.sync()
  assert.deepEqual(states(again), ['1 received', '2 received'])
})

test('after the server was restored from a backup everything kept is sent again', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  for (const note of ['a', 'b', 'c']) await phone.keep(visit(note))
  await phone.sync()
  server.inside.restore(1)
  assert.equal(server.inside.taken.size, 1)

  await phone.sync()
  await phone.sync()

  assert.equal(server.inside.taken.size, 3)
  assert.equal(phone.status().waiting, 0)
  assert.equal(phone.rows('contact').length, 3)
})

/** A phone that holds something else than it should finds out, and is mended without losing a word. */
import 'fake-indexeddb/auto'

import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { type FakeServer, ME, visit } from './model.ts'
import { PIN, Phones } from './phones.ts'
import type { Phone } from './ports.ts'

const phones = new Phones()

let server: FakeServer

beforeEach(async () => {
  ;({ server } = await phones.begin())
})

afterEach(() => phones.end())

/** A phone with one visit that was received, and whose row the server changed past the feed. */
async function astray(): Promise<Phone> {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  const { deed } = await phone.keep(visit('As it was kept'))
  await phone.sync()
  server.inside.changeUnseen(deed.key, { note: 'As it is' })
  return phone
}

function notes(phone: Phone): string[] {
  return phone.rows('contact').map(({ data }) => data.note)
}

test('a phone that went astray is mended on demand, and its outbox is not touched', async () => {
  const phone = await astray()
  server.line = 'down'
  await phone.keep(visit('Not sent yet'))
  await phone.sync()
  const before = phone.outbox().map(({ id }) => id)
  server.line = 'up'

  assert.equal(await phone.check(), 'healed')

  assert.deepEqual(notes(phone).sort(), ['As it is', 'Not sent yet'])
  assert.deepEqual(
    phone.outbox().map(({ id }) => id),
    before,
  )
  assert.equal(phone.progress().is_done, true)
  assert.equal(await phone.check(), 'same')
})

test('a phone asks by itself once a day by the clock of the server, also over a restart', async () => {
  const phone = await astray()
  assert.equal(server.verifications, 1)
  await phone.sync()
  phone.lock()
  const again = await phones.opened(phones.locker().unlock(ME.id, PIN))
  assert.equal(server.verifications, 1)
  assert.deepEqual(notes(again), ['As it was kept'])

  server.now = '2026-03-03T15:00:00Z'
  await again.sync()

  assert.equal(server.verifications, 2)
  assert.deepEqual(notes(again), ['As it is'])
})

test('a server that cannot judge what is held changes nothing', async () => {
  const phone = await astray()
  server.isOld = true

  assert.equal(await phone.check(), 'unknown')

  assert.deepEqual(notes(phone), ['As it was kept'])
  assert.equal(phone.status().connection, 'online')
  server.line = 'down'
  assert.equal(await phone.check(), 'unknown')
})

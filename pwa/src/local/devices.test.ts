/** One person's browser that was several devices, one after the other: its work stays in order. */
import 'fake-indexeddb/auto'

import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { type FakeServer, ME, type Tab, visit } from './model.ts'
import { PIN, Phones } from './phones.ts'
import type { Phone } from './ports.ts'

const phones = new Phones()
/** The beginning of ids that the phone makes, one a deed: its clock goes back twice meanwhile. */
const CLOCK = ['05', '06', '03', '04', '01', '02']

let server: FakeServer
let tab: Tab

beforeEach(async () => {
  ;({ server, tab } = await phones.begin())
  const ids = CLOCK.map((at) => `${at}900000-0000-7000-8000-000000000000`)
  tab.newId = () => ids.shift() ?? ''
})

afterEach(() => phones.end())

/** Two visits received as each of three devices; the numbers of the first two were used by a twin. */
async function threeDevices(): Promise<Phone> {
  let phone = await phones.opened(phones.locker(tab).create(ME, PIN))
  for (const [first, second] of [
    ['one', 'two'],
    ['three', 'four'],
    ['five', 'six'],
  ] as const) {
    if (first !== 'one') server.inside.useNumberOf(phone.device_id)
    await phone.keep(visit(first))
    await phone.keep(visit(second))
    await phone.sync()
    phone = await reopened(phone)
  }
  return phone
}

async function reopened(phone: Phone): Promise<Phone> {
  phone.lock()
  return phones.open(phones.locker(tab).unlock(ME.id, PIN))
}

function done(phone: Phone): unknown[] {
  return phone.outbox().map(({ deed }) => deed.set['note'])
}

const ORDER = ['one', 'two', 'three', 'four', 'five', 'six']

test('work of several devices of one person lies in the order it was done, whatever its clock said', async () => {
  const phone = await threeDevices()

  assert.equal(phone.device_id, 'device-3')
  assert.deepEqual(done(phone), ORDER)
})

test('after a restore the work of several devices goes out in the order it was done', async () => {
  const phone = await threeDevices()
  server.inside.restore(0)

  await phone.sync()

  assert.deepEqual(done(phone), ORDER)
  const byId = new Map(phone.outbox().map(({ id, deed }) => [id, deed.set['note']]))
  assert.deepEqual(
    [...server.inside.taken.keys()].map((id) => byId.get(id)),
    ORDER,
  )
})

test('a phone that the restored server does not know sends all its devices did in order', async () => {
  const phone = await threeDevices()
  server.inside.restore(0)
  server.forgetDevice(phone.device_id)

  await phone.sync()
  await phone.sync()

  const byId = new Map(phone.outbox().map(({ id, deed }) => [id, deed.set['note']]))
  assert.deepEqual(
    [...server.inside.taken.keys()].map((id) => byId.get(id)),
    ORDER,
  )
})

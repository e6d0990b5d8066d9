import 'fake-indexeddb/auto'

import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'

import { type FakeServer, ME, Tab, visit } from './model.ts'
import { PIN, Phones } from './phones.ts'
import { AlreadyHere, WrongSecret } from './ports.ts'

const phones = new Phones()

let server: FakeServer

beforeEach(async () => {
  ;({ server } = await phones.begin())
})

afterEach(() => phones.end())

test('when the phone cannot store, the person is told, and no number is lost', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  const put = Reflect.get(IDBObjectStore.prototype, 'put')
  IDBObjectStore.prototype.put = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  await assert.rejects(phone.keep(visit('No room')))
  IDBObjectStore.prototype.put = put

  assert.deepEqual(phone.outbox(), [])
  assert.equal((await phone.keep(visit('Room again'))).n, 1)
})

test('where there is no room for what comes, all that waits still goes out, and rows come when there is', async () => {
  const notes = Array.from({ length: 130 }, (_, index) => `visit ${index}`)
  const phone = await phones.with(...notes)
  const put = Reflect.get(IDBObjectStore.prototype, 'put')
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...record) {
    if (this.name === 'rows') throw new DOMException('full', 'QuotaExceededError')
    return put.apply(this, record)
  }
  await phone.sync()
  IDBObjectStore.prototype.put = put

  assert.equal(server.inside.taken.size, 130)
  assert.equal(phone.status().waiting, 0)
  assert.ok(phone.status().next_try_at, 'what is missing is asked for again')
  assert.equal(phone.rows('contact').length, 130)
  await phone.sync()
  assert.equal(phone.rows('contact').filter(({ ver }) => ver > 0).length, 130)
})

test('a store is never removed under a record that was just kept in another tab', async () => {
  for (let ticks = 0; ticks < 12; ticks += 1) {
    const phone = await phones.opened(phones.locker().create(ME, PIN))
    server.line = 'down'
    const keeping = phone.keep(visit('Just now'))
    for (let tick = 0; tick < ticks; tick += 1) await new Promise(setImmediate)
    const [kept, removed] = await Promise.allSettled([
      keeping,
      phones.locker().remove(ME.id, false),
    ])

    const both = kept.status === 'fulfilled' && removed.status === 'fulfilled'
    assert.ok(!both, `kept and gone after ${ticks} ticks`)
    phone.lock()
    server.line = 'up'
    await phones.locker().remove(ME.id, true)
  }
})

test('a store that another tab has just removed takes no record and no draft, and says so', async () => {
  server.line = 'up'
  const phone = await phones.open(phones.locker().create(ME, PIN))
  server.line = 'down'
  await phones.locker().remove(ME.id, true)

  await assert.rejects(phone.keep(visit('Where nobody would find it')))
  await assert.rejects(phone.saveDraft({ id: 'd', student_root: 's1', saved_at: '', form: {} }))
  assert.deepEqual(phone.outbox(), [])
})

test('a record that is kept while the phone is locked is on it, or its person is told that it is not', async () => {
  server.line = 'up'
  let phone = await phones.opened(phones.locker().create(ME, PIN))
  server.line = 'down'
  let there = 0
  for (let ticks = 0; ticks < 16; ticks += 1) {
    const keeping = phone.keep(visit(`after ${ticks}`))
    for (let tick = 0; tick < ticks; tick += 1) await new Promise(setImmediate)
    phone.lock()
    const [{ status }] = await Promise.allSettled([keeping])
    const now = await phones.locker().unsent(ME.id)

    assert.equal(now - there, status === 'fulfilled' ? 1 : 0, `${status} after ${ticks} ticks`)
    there = now
    phone = await phones.opened(phones.locker().unlock(ME.id, PIN))
  }
})

test('a connection that the system took away is opened again', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  const begin = Reflect.get(IDBDatabase.prototype, 'transaction')
  IDBDatabase.prototype.transaction = () => {
    IDBDatabase.prototype.transaction = begin
    throw new DOMException('Connection to Indexed Database server lost', 'InvalidStateError')
  }

  await phone.keep(visit('On an iPhone'))
  await phone.sync()

  assert.equal(server.inside.taken.size, 1)
})

test('a wrong PIN opens nothing, destroys nothing, and costs time after the third', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  await phone.keep(visit('Kept'))
  phone.lock()
  const tab = new Tab(server)
  for (let slip = 0; slip < 3; slip += 1) {
    await assert.rejects(phones.locker(tab).unlock(ME.id, { pin: '00000000' }), WrongSecret)
  }

  const waiting = phones.locker(tab).unlock(ME.id, PIN)
  while (tab.timers.size === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  const [[run, ms] = []] = tab.timers
  assert.equal(ms, 1000)
  tab.timers.clear()
  run?.()

  assert.equal((await phones.opened(waiting)).outbox().length, 1)
})

test('a person has one store on a phone', async () => {
  await phones.opened(phones.locker().create(ME, PIN, 'Rosa'))

  assert.deepEqual(await phones.locker().holders(), [
    { user_id: ME.id, label: 'Rosa', ways: ['pin'] },
  ])
  await assert.rejects(phones.locker().create(ME, PIN), AlreadyHere)
})

test('a draft is kept as it was, until it is discarded', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  const draft = {
    id: 'd1',
    student_root: 's00000001',
    saved_at: '2026-03-02',
    form: { note: 'Half a' },
  }

  await phone.saveDraft(draft)
  assert.deepEqual(await phone.drafts(), [draft])
  await phone.discardDraft('d1')

  assert.deepEqual(await phone.drafts(), [])
})

test('nothing a person wrote, nor who he is, lies on the phone in the clear', async () => {
  const phone = await phones.opened(phones.locker().create(ME, PIN))
  server.line = 'down'
  await phone.keep(visit('Canary-note'))
  server.line = 'up'
  await phone.sync()
  await phone.saveDraft({
    id: 'd1',
    student_root: 's1',
    saved_at: '',
    form: { note: 'Canary-draft' },
  })

  const stored = await everythingStored()

  assert.ok(stored.includes('delivery_token'), 'the stores were read')
  assert.ok(stored.includes('This phone'))
  for (const secret of ['Canary', 'advisor', 'home_visit', 'contact.create', PIN.pin, 'rosa']) {
    assert.ok(!stored.includes(secret), `${secret} is readable`)
  }
})

/** Every record of every database, its bytes read as text. */
async function everythingStored(): Promise<string> {
  const found: unknown[] = []
  for (const { name = '' } of await indexedDB.databases()) {
    const db = await asked(indexedDB.open(name))
    for (const store of db.objectStoreNames) {
      const tx = db.transaction(store)
      found.push(await asked(tx.objectStore(store).getAllKeys()))
      found.push(await asked(tx.objectStore(store).getAll()))
    }
    db.close()
  }
  return JSON.stringify(found, (_, value: unknown) => {
    if (value instanceof ArrayBuffer) return new TextDecoder('latin1').decode(value)
    return ArrayBuffer.isView(value) ? new TextDecoder('latin1').decode(value) : value
  })
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result)
    }
    request.onerror = () => {
      reject(request.error ?? new Error('IndexedDB'))
    }
  })
}

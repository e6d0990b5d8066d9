import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ofTask } from '../../outbox/deed.ts'
import { MemoryPhone } from '../../testing/memory-phone.ts'
import { ANA, aTask, idOf, ME, row, sampleTask } from '../../testing/sample.ts'
import { callOf, nextFree, openCalls, tellings } from './list.ts'

const now = (): Date => new Date('2026-11-20T21:05:00Z')
const SOON = '2026-11-20T23:00:00Z'
const PAST = '2026-11-20T21:00:00Z'

function phoneWith(...tasks: readonly ReturnType<typeof sampleTask>[]): MemoryPhone {
  const phone = new MemoryPhone(now)
  for (const task of tasks) phone.bring(task)
  return phone
}

test('own calls stand first, then those to take by the day owed, then the others', () => {
  const phone = phoneWith(
    sampleTask(1, { holder_id: ANA, until: SOON }),
    sampleTask(2, { due_on: null }),
    sampleTask(3, { due_on: '2026-11-23' }),
    sampleTask(4, { holder_id: ME, until: SOON, due_on: '2026-11-30' }),
    sampleTask(5, { due_on: '2026-11-20' }),
    sampleTask(6, { status: 'done' }),
  )

  assert.deepEqual(
    openCalls(phone).map(({ row: { key }, hold }) => [Number(key.slice(-1)), hold]),
    [
      [4, 'mine'],
      [5, 'free'],
      [3, 'free'],
      [2, 'free'],
      [1, 'theirs'],
    ],
  )
})

test("only time that the server gave makes a call one's own", async () => {
  const phone = phoneWith(sampleTask(1))
  const [task] = phone.rows('task')
  assert.ok(task)

  await phone.keep(ofTask('task.claim', task))
  assert.equal(callOf(phone, task.key)?.hold, 'asked')

  phone.bring(sampleTask(1, { holder_id: ME, until: SOON, token: 1 }))
  assert.equal(callOf(phone, task.key)?.hold, 'mine')
})

test("a lease ends by the server's clock: the call is free for all, and was mine", () => {
  const phone = phoneWith(
    sampleTask(1, { holder_id: ME, until: PAST }),
    sampleTask(2, { holder_id: ANA, until: PAST }),
  )

  assert.deepEqual(
    openCalls(phone).map(({ hold }) => hold),
    ['over', 'free'],
  )
})

test('a call that was just asked for and came with the pool stands there once', () => {
  const phone = phoneWith(sampleTask(1))
  phone.bring({ ...row('s000000001', 'task', idOf(9, 1), aTask(1)), ver: 0 })

  assert.equal(openCalls(phone).length, 1)
})

test('the family is named only where its root is on the phone', () => {
  const phone = phoneWith(sampleTask(1), sampleTask(2, { student_id: idOf(2, 99) }))

  assert.equal(callOf(phone, idOf(9, 1))?.root, 's000000001')
  assert.equal(callOf(phone, idOf(9, 2))?.student, null)
})

test('the next call is the one owed soonest that nobody has, and another one', () => {
  const phone = phoneWith(
    sampleTask(1, { due_on: '2026-11-18' }),
    sampleTask(2, { due_on: '2026-11-19' }),
    sampleTask(3, { holder_id: ANA, until: SOON, due_on: '2026-11-01' }),
  )

  assert.equal(nextFree(phone)?.row.key, idOf(9, 1))
  assert.equal(nextFree(phone, idOf(9, 1))?.row.key, idOf(9, 2))
})

test('a claim that somebody else won is told until it is read', async () => {
  const phone = phoneWith(sampleTask(1))
  const [task] = phone.rows('task')
  assert.ok(task)
  await phone.keep(ofTask('task.claim', task))
  phone.settle('refused', 'Somebody else has taken this call.', 'taken')

  const [told] = tellings(phone.outbox())
  assert.deepEqual([told?.says, told?.code], ['notYours', 'taken'])

  await phone.markSeen(told?.entry.id ?? '')
  assert.deepEqual(tellings(phone.outbox()), [])
})

test('two people who called one family are both told, and neither is refused', async () => {
  const phone = phoneWith(sampleTask(1, { holder_id: ME, until: PAST, token: 3 }))
  const [task] = phone.rows('task')
  assert.ok(task)
  const done = ofTask('task.complete', task, { contact_id: 'c1' })
  assert.equal(done.fence, 3)
  await phone.keep(done)
  phone.settle('received', '', 'duplicate_effort')

  assert.deepEqual(
    tellings(phone.outbox()).map(({ says, entry }) => [says, entry.state]),
    [['duplicate', 'received']],
  )
})

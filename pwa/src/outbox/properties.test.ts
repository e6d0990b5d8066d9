import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

import { isUnsent } from './entry.ts'
import { AUTHOR, STUDENT } from './model.ts'
import { stories, World } from './model-world.ts'
import { overlay } from './overlay.ts'
import { statusOf } from './status.ts'

function checkNothingLost(world: World): void {
  const kept = new Set(world.state.entries.map((entry) => entry.id))
  for (const id of world.ever) {
    assert.ok(kept.has(id) || world.server.taken.has(id), `${id} is nowhere`)
  }
}

function checkNumbers({ state }: World): void {
  const { device, next_n } = state.place
  const numbers = state.entries.filter((entry) => entry.device === device).map((entry) => entry.n)
  const sorted = [...new Set(numbers)].sort((one, other) => one - other)
  assert.deepEqual(numbers, sorted, 'numbers are used twice or out of order')
  assert.ok(numbers.every((n) => n < next_n))
}

/** From the tap on, until a newer version of the row replaces it. */
function checkOnScreen({ state, isLeftOut }: World): void {
  const view = overlay(state.rows, state.entries, AUTHOR)
  for (const { id, deed: done, is_settled } of state.entries) {
    if (isLeftOut && is_settled) continue
    const row = view.get(STUDENT)?.get(`contact:${done.key}`)
    assert.equal(
      (row?.data as { note?: unknown } | undefined)?.note,
      done.set['note'],
      `${id} flickers`,
    )
  }
}

/** Nothing of a student is here who is not held. */
function checkRoots({ state }: World): void {
  for (const root of state.rows.keys()) assert.ok(root in state.place.held, `${root} is still here`)
}

function checkWaiting({ state }: World): void {
  const told = statusOf({
    entries: state.entries,
    view: new Map(),
    line: { connection: 'online', sending_of: 2, next_try_at: null },
    heard_at: null,
    user_id: AUTHOR,
    is_update_ready: false,
  })
  assert.equal(told.waiting, state.entries.filter((entry) => entry.receipt === null).length)
  assert.ok(told.sending === null || told.sending.of - told.sending.done === told.waiting)
}

test('nothing kept is lost, nothing flickers and the pill counts right, whatever the network does', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const world = new World()
      for (const what of story) {
        await world.happens(what)
        checkNothingLost(world)
        checkNumbers(world)
        checkOnScreen(world)
        checkRoots(world)
        checkWaiting(world)
      }
    }),
    { numRuns: 400 },
  )
})

/** Everything arrived, and each row is here as it is there. */
function checkAtRest({ state, server, ever }: World): void {
  assert.deepEqual(state.entries.filter(isUnsent), [])
  for (const id of ever) assert.ok(server.taken.has(id), `${id} never arrived`)
  assert.equal(state.place.held[STUDENT] ?? '', server.lens)
  for (const [name, row] of state.rows.get(STUDENT) ?? []) {
    const there = server.row(name.replace('contact:', ''))
    assert.deepEqual([row.ver, row.data], [there?.ver, there?.data])
  }
}

test('on a quiet network everything is received, once, and the phone shows what the server has', async () => {
  const ways = { ...new World().ways }
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const world = new World()
      for (const what of story) await world.happens(what)

      for (let round = 0; round < 30; round += 1) await world.take(await world.send(100, 2))
      world.rot(0)
      await world.verify()
      await world.take(await world.send(100, 100))

      for (const way of Object.keys(ways) as (keyof typeof ways)[]) ways[way] += world.ways[way]
      checkAtRest(world)
    }),
    { numRuns: 200 },
  )

  for (const [way, taken] of Object.entries(ways)) assert.ok(taken > 0, `no story had: ${way}`)
})

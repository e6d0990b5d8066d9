import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

import { AUTHOR, deed, fresh, present, STUDENT } from './model.ts'
import { Server } from './model-server.ts'
import { plan, type State } from './apply.ts'
import { isUnsent, mutationOf, type Entry } from './entry.ts'
import { overlay } from './overlay.ts'
import { closeGap, moveTo } from './renumber.ts'
import { statusOf } from './status.ts'
import type { SyncRes } from '../wire/types.gen.ts'

type Happening =
  | { readonly is: 'elsewhere' | 'restore' | 'clone'; readonly which: number }
  | { readonly is: 'keep' }
  | { readonly is: 'send'; readonly of: number; readonly limit: number }
  | { readonly is: 'hear'; readonly which: number; readonly keepsCopy: boolean }
  | { readonly is: 'lose'; readonly which: number }

const small = fc.nat({ max: 5 })
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ is: 'keep' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      is: fc.constant('send' as const),
      of: small,
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('hear' as const),
      which: small,
      keepsCopy: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('lose' as const), which: small }) },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constantFrom(
        'elsewhere' as const,
        'elsewhere' as const,
        'restore' as const,
        'clone' as const,
      ),
      which: small,
    }),
  },
)
const stories = fc.array(happening, { maxLength: 60, size: 'max' })

/** A phone and its server, with a network in between that repeats, reorders and loses answers. */
class World {
  readonly server = new Server()
  state: State = fresh()
  readonly ever: string[] = []
  /** How often each way out was taken: a story that never forks proves nothing of forks. */
  readonly ways = { gap: 0, fork: 0, restored: 0, stale: 0, forgotten: 0 }
  #answers: SyncRes[] = []
  #devices = 1
  #day = 100

  async happens(what: Happening): Promise<void> {
    switch (what.is) {
      case 'keep':
        this.#keep()
        break
      case 'send':
        this.#answers.push(await this.send(what.of, what.limit))
        break
      case 'hear':
        await this.#hear(what.which, what.keepsCopy)
        break
      case 'lose':
        this.#answers.splice(what.which, 1)
        break
      case 'elsewhere':
        this.server.editElsewhere(`c${what.which}`)
        break
      case 'restore':
        // Backups were verified up to what the phone was told is durable.
        this.server.restore(Math.max(what.which, this.server.backed))
        break
      case 'clone':
        this.server.useNumberOf(this.state.place.device)
        break
    }
  }

  async send(of: number, limit: number): Promise<SyncRes> {
    const { device } = this.state.place
    const waiting = this.state.entries.filter((entry) => isUnsent(entry) && entry.device === device)
    return this.server.exchange(this.state, waiting.slice(0, of).map(mutationOf), limit)
  }

  /** As the engine does: take the answer in, then find the way out of a stop. */
  async take(answer: SyncRes): Promise<void> {
    this.#day += 2
    const before = this.state
    const { next, is_stale } = plan(before, answer, await present(before, this.#day))
    this.state = next
    this.#note(before, is_stale, answer)
    if (answer.device !== this.state.place.device) return
    const { entries, place } = this.state
    if (answer.stop === 'gap') {
      this.#become(closeGap(entries, place.device, answer.next_n, place.next_n), place.device)
    } else if (answer.stop === 'fork') {
      this.#devices += 1
      const device = `d${this.#devices}`
      this.#become(moveTo(entries, device), device)
    }
  }

  #note(before: State, isStale: boolean, { epoch, stop }: SyncRes): void {
    if (isStale) this.ways.stale += 1
    if (stop === 'gap' || stop === 'fork') this.ways[stop] += 1
    if (before.place.epoch !== '' && before.place.epoch !== epoch) this.ways.restored += 1
    if (this.state.entries.length < before.entries.length) this.ways.forgotten += 1
  }

  #become(
    numbered: { readonly entries: readonly Entry[]; readonly next_n: number },
    device: string,
  ): void {
    const { entries, next_n } = numbered
    this.state = { ...this.state, entries, place: { ...this.state.place, device, next_n } }
  }

  #keep(): void {
    const number = this.ever.length + 1
    const { place, entries } = this.state
    const made: Entry = {
      id: `m${number}`,
      device: place.device,
      n: place.next_n,
      deed: deed({ key: `c${number}`, set: { note: `note ${number}` } }),
      v: 1,
      at: '',
      mono: ['s', 0],
      receipt: null,
      received_at: null,
      is_settled: false,
      is_seen: false,
    }
    this.ever.push(made.id)
    this.state = {
      ...this.state,
      place: { ...place, next_n: place.next_n + 1 },
      entries: [...entries, made],
    }
  }

  async #hear(which: number, keepsCopy: boolean): Promise<void> {
    const answer = this.#answers[which]
    if (!answer) return
    if (!keepsCopy) this.#answers.splice(which, 1)
    // An answer of an earlier life cannot arrive after one of a later: connections do not outlive it.
    if (answer.epoch === this.server.epoch) await this.take(answer)
  }
}

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
function checkOnScreen({ state }: World): void {
  const view = overlay(state.rows, state.entries, AUTHOR)
  for (const { id, deed: done } of state.entries) {
    const row = view.get(STUDENT)?.get(`contact:${done.key}`)
    assert.equal(
      (row?.data as { note?: unknown } | undefined)?.note,
      done.set['note'],
      `${id} flickers`,
    )
  }
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
        checkWaiting(world)
      }
    }),
    { numRuns: 400 },
  )
})

test('on a quiet network everything is received, once, and the phone shows what the server has', async () => {
  const ways = { ...new World().ways }
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const world = new World()
      for (const what of story) await world.happens(what)

      for (let round = 0; round < 30; round += 1) await world.take(await world.send(100, 2))

      for (const way of Object.keys(ways) as (keyof typeof ways)[]) ways[way] += world.ways[way]
      assert.deepEqual(world.state.entries.filter(isUnsent), [])
      for (const id of world.ever) assert.ok(world.server.taken.has(id), `${id} never arrived`)
      for (const [name, row] of world.state.rows.get(STUDENT) ?? []) {
        assert.equal(row.ver, world.server.row(name.replace('contact:', ''))?.ver)
      }
    }),
    { numRuns: 200 },
  )

  for (const [way, taken] of Object.entries(ways)) assert.ok(taken > 0, `no story had: ${way}`)
})

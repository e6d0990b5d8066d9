/** Stories for tests of the outbox: a phone, its server, and a network that repeats, reorders and loses. */
import fc from 'fast-check'

import type { SyncRes } from '../wire/types.gen.ts'
import { plan, type State } from './apply.ts'
import { isUnsent, mutationOf, type Entry } from './entry.ts'
import { deed, fresh, present, sha256, STUDENT } from './model.ts'
import { Server } from './model-server.ts'
import { closeGap, moveTo } from './renumber.ts'
import { digestsOf, without } from './verify.ts'

type Elsewhere =
  | { readonly is: 'elsewhere' | 'restore' | 'clone' | 'lens' | 'rot'; readonly which: number }
  | { readonly is: 'purge' | 'verify' }
type Happening =
  | Elsewhere
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
        'lens' as const,
        'rot' as const,
      ),
      which: small,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ is: fc.constantFrom('purge' as const, 'verify' as const) }),
  },
)
export const stories = fc.array(happening, { maxLength: 60, size: 'max' })

function isElsewhere(what: Happening): what is Elsewhere {
  return !['keep', 'send', 'hear', 'lose'].includes(what.is)
}

/** How a person may see the student in a story: as an advisor, as a caller, or no longer. */
const LENSES = ['adv', 'call', ''] as const

/** A phone and its server, with a network in between that repeats, reorders and loses answers. */
export class World {
  readonly server = new Server()
  state: State = fresh()
  readonly ever: string[] = []
  /** How often each way out was taken: a story that never forks proves nothing of forks. */
  readonly ways = {
    gap: 0,
    fork: 0,
    restored: 0,
    stale: 0,
    forgotten: 0,
    reset: 0,
    relensed: 0,
    dropped: 0,
    cut: 0,
    healed: 0,
  }
  /** A whole pull left the student out: what is settled about him is rightly gone. */
  isLeftOut = false
  #answers: SyncRes[] = []
  #devices = 1
  #day = 100

  async happens(what: Happening): Promise<void> {
    if (isElsewhere(what)) return this.#elsewhere(what)
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
    }
  }

  /** What happens at the office, or to the phone behind its person's back. */
  async #elsewhere(what: Elsewhere): Promise<void> {
    const which = 'which' in what ? what.which : 0
    const deeds: Record<Elsewhere['is'], () => void | Promise<void>> = {
      elsewhere: () => {
        this.server.editElsewhere(`c${which}`)
      },
      // Backups were verified up to what the phone was told is durable.
      restore: () => {
        this.server.restore(Math.max(which, this.server.backed))
      },
      clone: () => {
        this.server.useNumberOf(this.state.place.device)
      },
      lens: () => {
        this.server.lens = LENSES[which % LENSES.length] ?? ''
      },
      purge: () => {
        this.server.purge()
      },
      rot: () => {
        this.rot(which)
      },
      verify: () => this.verify(),
    }
    await deeds[what.is]()
  }

  async send(of: number, limit: number): Promise<SyncRes> {
    const { device } = this.state.place
    const waiting = this.state.entries.filter((entry) => isUnsent(entry) && entry.device === device)
    return this.server.exchange(this.state, waiting.slice(0, of).map(mutationOf), limit)
  }

  /** As the engine does after a complete pull: what the server finds different is forgotten. */
  async verify(): Promise<void> {
    const { device, epoch, cursor, held } = this.state.place
    const digests = await digestsOf(sha256, this.state.rows, held)
    const asked = { proto: 1, schema: 1, device, epoch, cursor, held, digests }
    const { differ } = await this.server.verify(asked)
    const kept = this.state.entries.map(({ id }) => id)
    this.state = without(this.state, differ)
    if (differ.length > 0) this.ways.healed += 1
    if (kept.join() !== this.state.entries.map(({ id }) => id).join()) throw new Error('touched')
  }

  /** As the engine does: take the answer in, then find the way out of a stop. */
  async take(answer: SyncRes): Promise<void> {
    this.#day += 2
    const before = this.state
    const { next, is_stale } = plan(before, answer, await present(before, this.#day))
    this.state = next
    this.#note(before, is_stale, answer)
    if (!is_stale) this.#noteFeed(answer)
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

  #noteFeed({ pull }: SyncRes): void {
    if (pull === null) return
    const isHeld = STUDENT in this.state.place.held
    this.isLeftOut = !isHeld && (this.isLeftOut || !pull.more)
    const { drop, roots, reset, more } = pull
    this.ways.reset += Number(reset)
    this.ways.cut += Number(more)
    this.ways.dropped += Number(drop.length > roots.length)
    this.ways.relensed += Math.min(drop.length, roots.length)
  }

  /** A fault of the phone: one row is not what it was sent. */
  rot(which: number): void {
    const held = this.state.rows.get(STUDENT)
    const [name, row] = [...(held ?? [])][which] ?? []
    if (!held || name === undefined || !row) return
    const rotten = new Map(held).set(name, { ...row, data: { ...row.data, rotten: true } })
    this.state = { ...this.state, rows: new Map(this.state.rows).set(STUDENT, rotten) }
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

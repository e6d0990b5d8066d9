/**
 * The open store in memory, and the only way to change it: one change at a time among all tabs,
 * on disk before it is shown.
 */
import { plan, type State } from '../outbox/apply.ts'
import { digest } from '../outbox/cas.ts'
import { cleaned } from '../outbox/deed.ts'
import type { Deed, Entry } from '../outbox/entry.ts'
import { KEPT_DAYS, SHOWN_DAYS } from '../outbox/forget.ts'
import { overlay, type View } from '../outbox/overlay.ts'
import { type Numbered } from '../outbox/renumber.ts'
import type { Line } from '../outbox/status.ts'
import { SCHEMA } from '../wire/client.ts'
import type { DeviceKeys, SyncRes } from '../wire/types.gen.ts'
import { utf8 } from './bytes.ts'
import type { DeviceRecord } from './db.ts'
import type { Channel, Platform } from './platform.ts'
import { TooLong, type Holder } from './ports.ts'
import { isTooLong } from './request.ts'
import type { Loaded, SealedStore } from './sealed-store.ts'

const DAY_MS = 86_400_000

/** An unlocked store that was locked in the meantime. */
export class Locked extends Error {
  override readonly name = 'Locked'
}

/** What became of an answer's pull part. */
export type Taken = 'fresh' | 'stale' | 'no_room'

export class Core {
  readonly platform: Platform
  readonly store: SealedStore
  readonly holder: Holder
  #state: State
  #device: DeviceRecord
  #turn: number
  #view: View | null = null
  #line: Line = { connection: 'unknown', sending_of: null, next_try_at: null }
  #isLocked = false
  /** How long this session had lasted when it learned what the server's clock said. */
  #heardSince: number
  readonly #channel: Channel
  readonly #listeners = new Set<() => void>()

  private constructor(platform: Platform, store: SealedStore, holder: Holder, loaded: Loaded) {
    this.platform = platform
    this.store = store
    this.holder = holder
    this.#state = loaded.state
    this.#device = loaded.device
    this.#turn = loaded.turn
    this.#heardSince = platform.since()[1]
    this.#channel = platform.channel(store.db.name, () => void this.refresh())
  }

  static async open(platform: Platform, store: SealedStore): Promise<Core> {
    const loaded = await store.load(platform.now().toISOString())
    return new Core(platform, store, await store.holder(), loaded)
  }

  get state(): State {
    return this.#state
  }

  get device(): DeviceRecord {
    return this.#device
  }

  get line(): Line {
    return this.#line
  }

  get view(): View {
    this.#view ??= overlay(this.#state.rows, this.#state.entries, this.holder.user_id)
    return this.#view
  }

  /**
   * The server's clock, as far as this phone can know: what it last said and the time of this
   * session since. Never later than it is, and never by the phone's own wall clock.
   */
  get serverNow(): Date | null {
    const { heard_at } = this.#state.place
    if (heard_at === null) return null
    return new Date(Date.parse(heard_at) + this.platform.since()[1] - this.#heardSince)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  setLine(change: Partial<Line>): void {
    this.#line = { ...this.#line, ...change }
    this.tell()
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  /** Number, seal and store deeds, all or none, in this order. Resolves when they are on disk. */
  async keep(deeds: readonly Deed[]): Promise<readonly Entry[]> {
    if (deeds.some(isTooLong)) throw new TooLong()
    const made = deeds.map((deed) => this.#made(deed))
    let kept: readonly Entry[] = []
    await this.change((state) => {
      const { device, next_n } = state.place
      kept = made.map((entry, index) => ({ ...entry, device, n: next_n + index }))
      const place = { ...state.place, next_n: next_n + kept.length }
      return { ...state, place, entries: [...state.entries, ...kept] }
    })
    return kept
  }

  #made(deed: Deed): Omit<Entry, 'device' | 'n'> {
    const { platform } = this
    return {
      id: platform.newId(),
      deed: cleaned(deed),
      v: SCHEMA,
      at: withOffset(platform.now()),
      mono: platform.since(),
      receipt: null,
      received_at: null,
      is_settled: false,
      is_seen: false,
    }
  }

  /**
   * Take in an answer. `stale`: its pull part was made for another holding. `no_room`: its rows cannot
   * be stored here (the disk is full), its receipts are: what the office has must not be sent for
   * ever in front of what it has not.
   */
  async take(answer: SyncRes): Promise<Taken> {
    try {
      return (await this.#taken(answer)) ? 'fresh' : 'stale'
    } catch (fault) {
      if (fault instanceof Locked || answer.pull === null) throw fault
      await this.#taken({ ...answer, pull: null })
      return 'no_room'
    }
  }

  /** What is old enough to be forgotten is reckoned by the server's clock alone. */
  async #taken(answer: SyncRes): Promise<boolean> {
    let isFresh = true
    await this.change(async (state) => {
      const now = Date.parse(answer.now)
      const present = {
        at: new Date(now).toISOString(),
        digest: await digest(sha256, state.place, SCHEMA),
        shown_since: new Date(now - SHOWN_DAYS * DAY_MS).toISOString(),
        kept_since: new Date(now - KEPT_DAYS * DAY_MS).toISOString(),
      }
      const { next, is_stale } = plan(state, answer, present)
      isFresh = !is_stale
      return next
    })
    return isFresh
  }

  /** Go on as another device, by one of the ways out that count anew. */
  async becomeAnother(
    keys: DeviceKeys,
    way: (entries: readonly Entry[], device: string) => Numbered,
  ): Promise<void> {
    await this.change((state) => {
      const { place } = state
      const { entries, next_n } = way(state.entries, keys.id)
      const earlier = [...(place.earlier ?? []), place.device]
      return { ...state, place: { ...place, device: keys.id, earlier, next_n }, entries }
    }, keys)
  }

  /** Change the state, on disk first. Every change of every tab passes here, one after the other. */
  async change(
    make: (state: State) => State | Promise<State>,
    moved: DeviceRecord | null = null,
  ): Promise<void> {
    await this.platform.alone(writeLock(this.store.db.name), false, async () => {
      if (this.#isLocked) throw new Locked()
      await this.#reloadIfOld()
      const state = await make(this.#state)
      const device = moved ?? this.#device
      await this.store.save(this.#state, state, device, this.#turn + 1)
      this.#turn += 1
      this.#become(state, device)
    })
    // Locked meanwhile, what was written is on the disk all the same: nobody may be told that it is not.
    if (!this.#isLocked) this.#channel.tell()
  }

  /** Another tab, or a delivery while locked, may have written. */
  async refresh(): Promise<void> {
    if (this.#isLocked) return
    await this.platform.alone(writeLock(this.store.db.name), false, () => this.#reloadIfOld())
  }

  /** Forget the key and everything in memory. */
  lock(): void {
    this.#isLocked = true
    this.#state = { ...this.#state, rows: new Map(), entries: [] }
    this.#view = null
    this.#channel.close()
    this.store.db.close()
    this.tell()
    this.#listeners.clear()
  }

  async #reloadIfOld(): Promise<void> {
    if ((await this.store.turn()) === this.#turn) return
    const loaded = await this.store.load(this.platform.now().toISOString())
    this.#turn = loaded.turn
    this.#become(loaded.state, loaded.device)
  }

  #become(state: State, device: DeviceRecord): void {
    if (this.#isLocked) return
    if (state.place.heard_at !== this.#state.place.heard_at) {
      this.#heardSince = this.platform.since()[1]
    }
    this.#state = state
    this.#device = device
    this.#view = null
    this.tell()
  }
}

export function writeLock(name: string): string {
  return `${name}/write`
}

export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text)))
}

/** The wall clock as a person on the spot reads it: RFC 3339 with the zone's offset. */
export function withOffset(now: Date): string {
  const minutes = -now.getTimezoneOffset()
  const local = new Date(now.getTime() + minutes * 60_000).toISOString().slice(0, -1)
  const two = (part: number) => Math.floor(Math.abs(part)).toString().padStart(2, '0')
  return `${local}${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}

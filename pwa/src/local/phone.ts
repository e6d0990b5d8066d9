/** An unlocked phone, as screens see it: reads from memory, keeps on disk, syncs by itself. */
import { stateOf, type Deed, type Ent, type Entry } from '../outbox/entry.ts'
import { nameOf } from '../outbox/rows.ts'
import type { LocalRow } from '../outbox/overlay.ts'
import { count } from '../outbox/rows.ts'
import { statusOf, type Status } from '../outbox/status.ts'
import type { Core } from './core.ts'
import { Engine } from './engine.ts'
import type { Checked, Draft, Holder, OutboxEntry, Phone, Progress } from './ports.ts'
import { renewPush, subscribePush } from './push.ts'
import type { Updates } from './updates.ts'

export class OpenPhone implements Phone {
  readonly #core: Core
  readonly #engine: Engine
  readonly #updates: Updates
  readonly #onLock: () => void
  readonly #rowsByEnt = new Map<string, readonly LocalRow[]>()
  #hasAskedToPersist = false
  readonly #unhear: () => void

  constructor(core: Core, updates: Updates, onLock: () => void) {
    this.#core = core
    this.#updates = updates
    this.#onLock = onLock
    this.#engine = new Engine(core)
    core.subscribe(() => {
      this.#rowsByEnt.clear()
    })
    this.#unhear = updates.subscribe(() => {
      core.tell()
    })
  }

  /** Begin to sync, and see to what a start sees to. */
  start(): void {
    void this.#engine.sync()
    void renewPush(this.#core)
  }

  get holder(): Holder {
    return this.#core.holder
  }

  get device_id(): string {
    return this.#core.device.id
  }

  rows<E extends Ent>(ent: E): readonly LocalRow<E>[] {
    const known = this.#rowsByEnt.get(ent)
    if (known) return known as readonly LocalRow<E>[]
    const found = [...this.#core.view.values()].flatMap((root) => ofEnt(root.values(), ent))
    this.#rowsByEnt.set(ent, found)
    return found
  }

  row<E extends Ent>(root: string, ent: E, key: string): LocalRow<E> | null {
    const found = this.#core.view.get(root)?.get(nameOf(ent, key))
    return (found as LocalRow<E> | undefined) ?? null
  }

  rowsOf<E extends Ent>(root: string, ent: E): readonly LocalRow<E>[] {
    return ofEnt(this.#core.view.get(root)?.values() ?? [], ent)
  }

  outbox(): readonly OutboxEntry[] {
    const isSending = this.#core.line.sending_of !== null
    return this.#core.state.entries.map((entry) => asListed(entry, isSending))
  }

  status(): Status {
    const { state, view, line, holder } = this.#core
    return statusOf({
      entries: state.entries,
      view,
      line,
      heard_at: state.place.heard_at,
      user_id: holder.user_id,
      is_update_ready: this.#updates.isReady,
    })
  }

  progress(): Progress {
    const { place, rows } = this.#core.state
    const roots_done = Object.keys(place.held).length
    return {
      roots_done,
      roots_total: Math.max(roots_done, place.total_roots),
      rows: count(rows),
      is_done: place.pulled_to > 0,
    }
  }

  async keep(deed: Deed, ...more: readonly Deed[]): Promise<OutboxEntry> {
    const [entry] = await this.#core.keep([deed, ...more])
    if (!entry) throw new Error('Nothing was kept')
    if (!this.#hasAskedToPersist) void this.#core.platform.persist().catch(() => false)
    this.#hasAskedToPersist = true
    void this.#engine.sync()
    return asListed(entry, false)
  }

  serverNow(): Date | null {
    return this.#core.serverNow
  }

  check(): Promise<Checked> {
    return this.#engine.check()
  }

  sync(): Promise<void> {
    return this.#engine.sync()
  }

  drafts(): Promise<readonly Draft[]> {
    return this.#core.store.drafts()
  }

  saveDraft(draft: Draft): Promise<void> {
    return this.#core.store.saveDraft(draft)
  }

  discardDraft(id: string): Promise<void> {
    return this.#core.store.discardDraft(id)
  }

  subscribe(listener: () => void): () => void {
    return this.#core.subscribe(listener)
  }

  subscribePush(): Promise<'on' | 'denied' | 'unsupported' | 'failed'> {
    return subscribePush(this.#core)
  }

  isPersisted(): Promise<boolean> {
    return this.#core.platform.isPersisted()
  }

  async markSeen(id: string): Promise<void> {
    await this.#core.change((state) => ({
      ...state,
      entries: state.entries.map((entry) =>
        entry.id === id ? { ...entry, is_seen: true } : entry,
      ),
    }))
  }

  update(): Promise<boolean> {
    return this.#updates.take()
  }

  lock(): void {
    this.#engine.stop()
    this.#unhear()
    this.#core.lock()
    this.#onLock()
  }
}

function ofEnt<E extends Ent>(rows: Iterable<LocalRow>, ent: E): LocalRow<E>[] {
  return [...rows].filter((row): row is LocalRow<E> => row.ent === ent)
}

function asListed(entry: Entry, isSending: boolean): OutboxEntry {
  const { n, id, deed, at, receipt, replay = null, received_at, is_seen } = entry
  const state = stateOf(entry)
  const shown = state === 'waiting' && isSending ? 'sending' : state
  return { n, id, deed, at, state: shown, receipt, replay, received_at, is_seen }
}

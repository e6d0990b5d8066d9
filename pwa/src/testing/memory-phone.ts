/** A phone that lives in memory: for tests of screens, and for looking at them. Never shipped. */

import type {
  Checked,
  Deed,
  Draft,
  Ent,
  EntryState,
  Holder,
  LocalRow,
  OutboxEntry,
  Phone,
  Progress,
  Status,
} from '../local/ports.ts'
import { movedTask } from '../outbox/tasks.ts'
import type { Receipt } from '../wire/types.gen.ts'
import { sampleRows } from './families.ts'
import { ME, type SampleRow } from './sample.ts'

export const HOLDER: Holder = {
  user_id: ME,
  name: 'Luz Ortega',
  role: 'advisor',
  root: 'u000000001',
  language: 'en',
}

const QUIET: Status = {
  connection: 'online',
  waiting: 0,
  sending: null,
  needs_you: 0,
  last_received_at: '2026-11-20T21:02:00Z',
  update_ready: false,
  next_try_at: null,
}

export class MemoryPhone implements Phone {
  readonly holder = HOLDER
  readonly device_id = 'device-1'
  /** The next `keep` and `saveDraft` reject, as on a phone whose storage is full. */
  isFull = false
  isKept = true
  line: Partial<Status> = {}
  arriving: Progress = { roots_done: 6, roots_total: 6, rows: 60, is_done: true }
  #rows: SampleRow[]
  #entries: OutboxEntry[] = []
  readonly #drafts = new Map<string, Draft>()
  readonly #listeners = new Set<() => void>()
  readonly #now: () => Date

  constructor(now: () => Date, rows: SampleRow[] = sampleRows()) {
    this.#now = now
    this.#rows = rows
  }

  rows<E extends Ent>(ent: E): readonly LocalRow<E>[] {
    return this.#rows.filter((row): row is SampleRow<E> => row.ent === ent).map(asLocal)
  }

  row<E extends Ent>(root: string, ent: E, key: string): LocalRow<E> | null {
    return this.rowsOf(root, ent).find((row) => row.key === key) ?? null
  }

  rowsOf<E extends Ent>(root: string, ent: E): readonly LocalRow<E>[] {
    return this.rows(ent).filter((row) => row.root === root)
  }

  outbox(): readonly OutboxEntry[] {
    return this.#entries
  }

  status(): Status {
    const waiting = this.#entries.filter(({ state }) => state === 'waiting').length
    const refused = this.#entries.filter(({ state, is_seen }) => state === 'refused' && !is_seen)
    const open = this.rows('conflict').filter(({ data }) => data.status === 'open')
    return { ...QUIET, waiting, needs_you: refused.length + open.length, ...this.line }
  }

  progress(): Progress {
    return this.arriving
  }

  serverNow(): Date {
    return this.#now()
  }

  keep(deed: Deed, ...more: readonly Deed[]): Promise<OutboxEntry> {
    if (this.isFull) return Promise.reject(new Error('The storage is full'))
    const entry = this.#keepOne(deed)
    for (const other of more) this.#keepOne(other)
    return Promise.resolve(entry)
  }

  #keepOne(deed: Deed): OutboxEntry {
    const n = this.#entries.length + 1
    const entry: OutboxEntry = {
      n,
      id: `entry-${n}`,
      deed,
      at: this.#now().toISOString(),
      state: 'waiting',
      receipt: null,
      replay: null,
      received_at: null,
      is_seen: false,
    }
    this.#entries = [...this.#entries, entry]
    this.#lay(deed)
    this.tell()
    return entry
  }

  /** The server answered: all that waits is settled this way. */
  settle(state: EntryState, text = '', code = ''): void {
    const at = this.#now().toISOString()
    this.#entries = this.#entries.map((entry) => {
      if (entry.state !== 'waiting') return entry
      const done = code === '' ? 'applied' : 'merged'
      const out = state === 'refused' ? 'refused' : done
      const receipt: Receipt = {
        n: entry.n,
        id: entry.id,
        out,
        seq: 1,
        ver: 1,
        conflict: null,
        code,
        text,
      }
      return { ...entry, state, receipt, received_at: at }
    })
    this.tell()
  }

  sync(): Promise<void> {
    if (this.line.connection !== 'offline') this.settle('received')
    return Promise.resolve()
  }

  drafts(): Promise<readonly Draft[]> {
    return Promise.resolve([...this.#drafts.values()])
  }

  saveDraft(draft: Draft): Promise<void> {
    if (this.isFull) return Promise.reject(new Error('The storage is full'))
    this.#drafts.set(draft.id, structuredClone(draft))
    return Promise.resolve()
  }

  discardDraft(id: string): Promise<void> {
    this.#drafts.delete(id)
    return Promise.resolve()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  subscribePush(): Promise<'unsupported'> {
    return Promise.resolve('unsupported')
  }

  check(): Promise<Checked> {
    return Promise.resolve('same')
  }

  isPersisted(): Promise<boolean> {
    return Promise.resolve(this.isKept)
  }

  lock(): void {
    this.#listeners.clear()
  }

  markSeen(id: string): Promise<void> {
    this.#entries = this.#entries.map((entry) =>
      entry.id === id ? { ...entry, is_seen: true } : entry,
    )
    this.tell()
    return Promise.resolve()
  }

  update(): Promise<boolean> {
    return Promise.resolve(false)
  }

  /** A row arrives. */
  bring(row: SampleRow): void {
    this.#rows = [...this.#rows.filter(({ key, ent }) => key !== row.key || ent !== row.ent), row]
    this.tell()
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #lay(deed: Deed): void {
    const { root, ent, key, op, set } = deed
    const before = this.row(root, ent, key)
    if (before?.ent === 'task') {
      const data = movedTask((before as LocalRow<'task'>).data, deed, ME)
      this.bring({ root, ent, key, ver: before.ver, data })
      return
    }
    const isChoice = op === 'conflict.resolve'
    const made = { id: key, by: ME, recorded_at: null, value_e164: '', position: 9 }
    const data = { ...(before?.data ?? made), ...(isChoice ? { status: 'resolved' } : set) }
    this.bring({ root, ent, key, ver: before?.ver ?? 0, data: data as SampleRow['data'] })
  }
}

function asLocal<E extends Ent>(row: SampleRow<E>): LocalRow<E> {
  return { ...row, pending: [] }
}

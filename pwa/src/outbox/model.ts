/** Deeds, entries, rows and answers for tests of the outbox. */
import { createHash } from 'node:crypto'

import type { Pull, Receipt, SyncRes } from '../wire/types.gen.ts'
import { nowhere, type Present, type State } from './apply.ts'
import { digest } from './cas.ts'
import type { Deed, Entry } from './entry.ts'
import { nameOf, type BaseRow, type Rows } from './rows.ts'

export const AUTHOR = 'u-rosa'
export const STUDENT = 's00000001'

export function held(...rows: readonly BaseRow[]): Rows {
  const roots = new Map<string, Map<string, BaseRow>>()
  for (const row of rows) {
    const root = roots.get(row.root) ?? new Map<string, BaseRow>()
    roots.set(row.root, root.set(nameOf(row.ent, row.key), row))
  }
  return roots
}

export function point(change: Partial<BaseRow> = {}): BaseRow {
  const data = { id: 'p1', guardian_id: 'g1', value: '505-0100', status: 'unverified' }
  return { root: STUDENT, ent: 'contact_point', key: 'p1', ver: 3, data, ...change }
}

export function sha256(text: string): Promise<Uint8Array> {
  return Promise.resolve(createHash('sha256').update(text).digest())
}

export function deed(change: Partial<Deed> = {}): Deed {
  return {
    op: 'contact.create',
    ent: 'contact',
    key: 'c1',
    root: STUDENT,
    base: 0,
    was: {},
    set: { note: 'Nobody home' },
    ...change,
  }
}

export function entry(n: number, change: Partial<Entry> = {}): Entry {
  return {
    id: `m${n}`,
    device: 'd1',
    n,
    deed: deed({ key: `c${n}` }),
    v: 1,
    at: '2026-03-02T08:00:00-07:00',
    mono: ['session', n],
    receipt: null,
    received_at: null,
    is_settled: false,
    is_seen: false,
    ...change,
  }
}

export function receipt(n: number, change: Partial<Receipt> = {}): Receipt {
  const base = { n, id: `m${n}`, out: 'applied' as const, seq: n, ver: 1 }
  return { ...base, conflict: null, code: '', text: '', ...change }
}

export function answer(change: Partial<SyncRes> = {}): SyncRes {
  return {
    proto: 1,
    epoch: 'e1',
    device: 'd1',
    now: '2026-03-02T15:00:00Z',
    next_n: 1,
    durable_n: 0,
    receipts: [],
    stop: '',
    pull: null,
    min_build: '',
    retry_ms: 0,
    ...change,
  }
}

export function pull(change: Partial<Pull> = {}): Pull {
  return {
    base: '',
    cursor: '',
    head: 0,
    reset: false,
    more: false,
    drop: [],
    rows: [],
    roots: [],
    total_roots: 1,
    ...change,
  }
}

export function fresh(): State {
  return { place: nowhere('d1'), rows: new Map(), entries: [] }
}

/** A moment by its day: all that the outbox ever does with moments is to compare them. */
export function moment(day: number): string {
  return `day ${day.toString().padStart(4, '0')}`
}

export async function present(state: State, day = 100): Promise<Present> {
  return {
    at: moment(day),
    digest: await digest(sha256, state.place, 1),
    shown_since: moment(day - 7),
    kept_since: moment(day - 30),
  }
}

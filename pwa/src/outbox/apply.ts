/** What one answer of the server changes on this phone: a plan, carried out in one transaction. Pure. */
import type { Pull, Replayed, RowMsg, SyncRes } from '../wire/types.gen.ts'
import type { Entry } from './entry.ts'
import { forgettable } from './forget.ts'
import { hasCaughtUp } from './overlay.ts'
import { sendAgain } from './renumber.ts'
import { copiesOf, nameOf, type BaseRow, type RootRows, type Rows } from './rows.ts'
import { settle } from './settle.ts'

/** What the phone knows of its place in the server's feed. */
export interface Place {
  readonly device: string
  /** The devices that this was before, oldest first. Ids and clocks do not tell their order. */
  readonly earlier?: readonly string[]
  readonly epoch: string
  readonly cursor: string
  /** Root -> lens. */
  readonly held: Readonly<Record<string, string>>
  readonly next_n: number
  readonly durable_n: number
  /** Feed position that the last complete pull reached; 0 until there was one. */
  readonly pulled_to: number
  readonly total_roots: number
  /** When the server last answered, in UTC; null until it first did. */
  readonly heard_at: string | null
}

/** A phone that has never heard from the server. */
export function nowhere(device: string): Place {
  return {
    device,
    epoch: '',
    cursor: '',
    held: {},
    next_n: 1,
    durable_n: 0,
    pulled_to: 0,
    total_roots: 0,
    heard_at: null,
  }
}

export interface State {
  readonly place: Place
  readonly rows: Rows
  readonly entries: readonly Entry[]
}

/** Moments, and the digest of what the phone holds now. */
export interface Present {
  readonly at: string
  readonly digest: string
  readonly shown_since: string
  readonly kept_since: string
}

export interface Plan {
  /** Parts that did not change are the same objects as before. */
  readonly next: State
  /** The pull part was made for another holding, and was left aside. */
  readonly is_stale: boolean
}

/**
 * Take in an answer. Receipts always count; the pull part only when it was computed from what the
 * phone holds now. Neither reset nor drop ever touches the outbox.
 */
export function plan(before: State, answer: SyncRes, present: Present): Plan {
  const lived = inEpoch(before, answer)
  const settled = settle(lived.entries, answer.receipts, answer.device, present.at)
  const pull = answer.pull
  const isTaken = pull !== null && fits(before, lived, pull, present)
  const fed = isTaken ? feed(lived, pull) : lived
  const how = { isReset: isTaken && pull.reset, isComplete: isTaken && !pull.more }
  const entries = settled.map((entry) => caughtUp(replayed(entry, fed.rows), fed, how))
  // What an earlier device's backups hold says nothing of numbers that this one counts.
  const durable_n = answer.device === fed.place.device ? answer.durable_n : 0
  const place = { ...fed.place, durable_n, heard_at: present.at }
  const { shown_since, kept_since } = present
  const horizon = { durable_n: place.durable_n, device: place.device, shown_since, kept_since }
  const gone = new Set(forgettable(entries, horizon))
  const kept = entries.filter((entry) => !gone.has(entry.id))
  return { next: { place, rows: fed.rows, entries: kept }, is_stale: pull !== null && !isTaken }
}

/** Another epoch is another life of the database: nothing held or received is sure any more. */
function inEpoch(before: State, { epoch, device, next_n: wanted }: SyncRes): State {
  const { place } = before
  if (place.epoch === epoch) return before
  if (place.epoch === '') return { ...before, place: { ...place, epoch } }
  // An answer to an earlier device does not say what the server has of this one.
  const server_next = device === place.device ? wanted : place.next_n
  const numbers = { next_n: place.next_n, server_next }
  const again = sendAgain(before.entries, place.device, numbers)
  const { entries, next_n } = again
  const fresh = { cursor: '', held: {}, pulled_to: 0, durable_n: 0, total_roots: 0 }
  return { place: { ...place, ...fresh, epoch, next_n }, rows: new Map(), entries }
}

/** After another life's epoch only a pull that begins anew can fit. */
function fits(before: State, lived: State, pull: Pull, present: Present): boolean {
  const isSameLife = before === lived || before.place.epoch === ''
  return pull.base === present.digest && (isSameLife || pull.reset)
}

function feed(state: State, pull: Pull): State {
  const rows = new Map(pull.reset ? [] : state.rows)
  const held = new Map(pull.reset ? [] : Object.entries(state.place.held))
  for (const { root } of pull.drop) {
    rows.delete(root)
    held.delete(root)
  }
  for (const row of pull.rows) {
    if (held.has(row.root)) rows.set(row.root, withRow(rows.get(row.root), row))
  }
  for (const { root, lens, rows: whole } of pull.roots) {
    rows.set(root, new Map(whole.flatMap(entryOf)))
    held.set(root, lens)
  }
  const place = {
    ...state.place,
    cursor: pull.cursor,
    held: Object.fromEntries(held),
    pulled_to: pulledTo(state.place, pull),
    total_roots: pull.total_roots,
  }
  return { ...state, place, rows }
}

/** Only a complete pull reaches its head: rows may still be missing below it. */
function pulledTo(place: Place, pull: Pull): number {
  if (!pull.more) return pull.head
  return pull.reset ? 0 : place.pulled_to
}

function withRow(held: RootRows | undefined, row: RowMsg): RootRows {
  const next = new Map(held)
  next.delete(nameOf(row.ent, row.key))
  for (const [name, base] of entryOf(row)) next.set(name, base)
  return next
}

/** Without data the row has left this root. */
function entryOf({ root, ent, key, ver, data }: RowMsg): (readonly [string, BaseRow])[] {
  if (typeof data !== 'object' || data === null) return []
  return [[nameOf(ent, key), { root, ent, key, ver, data }]]
}

/** What was parked learns its last word from a row in its author's own root. */
function replayed(entry: Entry, rows: Rows): Entry {
  if (entry.receipt?.out !== 'parked' || entry.replay) return entry
  const told = copiesOf(rows, 'replayed', entry.id)[0]
  return told ? { ...entry, replay: told.data as Replayed } : entry
}

/** After a reset rows come back root by root: until then the deeds show through again. */
function caughtUp(
  entry: Entry,
  { rows, place }: State,
  { isReset, isComplete }: { readonly isReset: boolean; readonly isComplete: boolean },
): Entry {
  const wasSettled = entry.is_settled && !isReset
  const isSettled = wasSettled || hasCaughtUp(entry, rows, place.pulled_to, isComplete)
  return isSettled === entry.is_settled ? entry : { ...entry, is_settled: isSettled }
}

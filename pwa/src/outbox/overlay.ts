/**
 * What the screen shows: the server's rows with this phone's unsettled deeds over them. Pure.
 *
 * A deed shows from the tap on. It leaves a row when that row's `ver` has reached the receipt's,
 * or when a complete pull has passed the receipt's `seq`: never at the receipt itself, since the
 * feed may bring the row later. A refused deed shows through no longer, but stays in the outbox.
 */
import type { Conflict, Receipt, Task } from '../wire/types.gen.ts'
import { createdBy } from './created.ts'
import { lastWord, type Deed, type Ent, type Entry, type RowByEnt } from './entry.ts'
import { copiesOf, nameOf, type BaseRow, type Rows } from './rows.ts'
import { movedTask } from './tasks.ts'

/** One row on this phone: what the server last said, with this phone's unsettled edits over it. */
export interface LocalRow<E extends Ent = Ent> {
  readonly root: string
  readonly ent: E
  readonly key: string
  /** `ver` the server last sent; 0 for a row only this phone knows. */
  readonly ver: number
  readonly data: RowByEnt[E]
  /** This phone's edits that show through: fields whose value is not yet the server's. */
  readonly pending: readonly string[]
}

/** A row while the deeds are laid over it: `data` by field name. */
interface Shown {
  readonly base: BaseRow
  readonly data: Readonly<Record<string, unknown>>
}

export type View = ReadonlyMap<string, ReadonlyMap<string, LocalRow>>

/** Lay the unsettled deeds of `author` (a user id) over the rows, oldest first. */
export function overlay(rows: Rows, entries: readonly Entry[], author: string): View {
  const shown = new Map<string, Map<string, Shown>>()
  for (const [root, held] of rows) {
    const copies = [...held].map(
      ([name, base]) => [name, { base, data: { ...base.data } }] as const,
    )
    shown.set(root, new Map(copies))
  }
  for (const entry of entries) if (showsThrough(entry)) lay(shown, entry, author)
  return new Map([...shown].map(([root, held]) => [root, settledRows(held)]))
}

/**
 * Whether the feed has caught up with a deed: every copy of its row is at the receipt's version,
 * or (`pulledTo`) a complete pull has passed the receipt's place in the feed. What was parked and
 * taken after all is there as soon as a pull `isComplete`: the row that tells of it came with it.
 */
export function hasCaughtUp(
  entry: Entry,
  rows: Rows,
  pulledTo: number,
  isComplete = false,
): boolean {
  const { receipt, deed } = entry
  const word = lastWord(entry)
  if (receipt === null || word === null) return false
  if (word.out === 'refused') return true
  const copies = copiesOf(rows, deed.ent, deed.key)
  if (word.out === 'parked') return copies.some((copy) => copy.ver > deed.base)
  return isFed(receipt, pulledTo, isComplete) || haveReached(copies, deed.root, word.ver)
}

function isFed({ out, seq }: Receipt, pulledTo: number, isComplete: boolean): boolean {
  return out === 'parked' ? isComplete : seq > 0 && seq <= pulledTo
}

function haveReached(copies: readonly BaseRow[], root: string, ver: number): boolean {
  return (
    ver > 0 && copies.some((copy) => copy.root === root) && copies.every((copy) => copy.ver >= ver)
  )
}

function showsThrough(entry: Entry): boolean {
  return !entry.is_settled && lastWord(entry)?.out !== 'refused'
}

function lay(shown: Map<string, Map<string, Shown>>, entry: Entry, author: string): void {
  const { deed } = entry
  const made = createdBy(deed, author)
  if (made && !shown.has(deed.root)) shown.set(deed.root, new Map())
  for (const [root, held] of shown) layIn(root, held, entry, { made, author })
  if (deed.op === 'conflict.resolve') layChosen(shown, deed)
}

function layIn(
  root: string,
  held: Map<string, Shown>,
  entry: Entry,
  { made, author }: { readonly made: object | null; readonly author: string },
): void {
  const { deed } = entry
  const name = nameOf(deed.ent, deed.key)
  const copy = held.get(name)
  if (copy) {
    if (!isPast(entry, copy.base)) held.set(name, changed(copy, deed, author))
  } else if (made && belongs(held, root, deed)) {
    held.set(name, asNew(root, deed, made))
  }
}

/** This copy has already taken the deed in. */
function isPast(entry: Entry, base: BaseRow): boolean {
  const word = lastWord(entry)
  if (word?.out === 'parked') return base.ver > entry.deed.base
  return word !== null && word.ver > 0 && base.ver >= word.ver
}

/** A number is shown with every child of the guardian, as the server will have it. */
function belongs(held: ReadonlyMap<string, Shown>, root: string, deed: Deed): boolean {
  if (root === deed.root) return true
  const guardian = deed.ent === 'contact_point' ? deed.set['guardian_id'] : null
  return typeof guardian === 'string' && held.has(nameOf('guardian', guardian))
}

function asNew(root: string, deed: Deed, data: object): Shown {
  const base = { root, ent: deed.ent, key: deed.key, ver: 0, data: {} }
  return { base, data: { ...data } }
}

function changed(copy: Shown, deed: Deed, author: string): Shown {
  if (deed.ent === 'task') {
    return { ...copy, data: { ...movedTask(copy.data as unknown as Task, deed, author) } }
  }
  if (deed.op === 'conflict.resolve') {
    return { ...copy, data: resolved(copy.data as unknown as Conflict, deed) }
  }
  const data = { ...copy.data, ...merged(copy.data, deed.set) }
  const isTaken = deed.op === 'case.assign' && data['status'] === 'new'
  return { ...copy, data: isTaken ? { ...data, status: 'assigned' } : data }
}

/** A set field may be given as what joins and what leaves. */
function merged(
  data: Readonly<Record<string, unknown>>,
  set: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const fields = Object.entries(set).map(([field, value]) => {
    if (!isDelta(value)) return [field, value] as const
    const now = new Set((data[field] ?? []) as readonly string[])
    for (const joins of value['+'] ?? []) now.add(joins)
    for (const leaves of value['-'] ?? []) now.delete(leaves)
    return [field, [...now].sort()] as const
  })
  return Object.fromEntries(fields)
}

interface Delta {
  readonly '+'?: readonly string[]
  readonly '-'?: readonly string[]
}

function isDelta(value: unknown): value is Delta {
  return typeof value === 'object' && value !== null && ('+' in value || '-' in value)
}

export interface Choice {
  readonly choice: 'mine' | 'theirs' | 'custom'
  readonly value?: unknown
}

function choicesOf(deed: Deed): Readonly<Record<string, Choice>> {
  return (deed.set['choices'] ?? {}) as Readonly<Record<string, Choice>>
}

/** The card closes at once; `pending` says that the server has not heard of it. */
function resolved(conflict: Conflict, deed: Deed): Record<string, unknown> {
  if (conflict.status === 'resolved') return { ...conflict }
  const choices = choicesOf(deed)
  const fields = conflict.fields.map((field) => {
    const made = choices[field.field]
    return made ? { ...field, choice: made.choice, chosen: chosenValue(field, made) } : field
  })
  return { ...conflict, fields, status: 'resolved' }
}

function chosenValue(field: Conflict['fields'][number], made: Choice): unknown {
  return made.choice === 'custom' ? (made.value ?? null) : field[made.choice]
}

/** What was chosen shows in the row the conflict is about, too. */
function layChosen(shown: Map<string, Map<string, Shown>>, deed: Deed): void {
  const conflict = [...shown.values()].flatMap((held) => {
    const row = held.get(nameOf('conflict', deed.key))
    return row ? [row.data as unknown as Conflict] : []
  })[0]
  if (!conflict) return
  const choices = choicesOf(deed)
  const values = conflict.fields.flatMap((field) => {
    const made = choices[field.field]
    return made ? [[field.field, chosenValue(field, made)] as const] : []
  })
  for (const held of shown.values()) {
    const name = nameOf(conflict.ent, conflict.key)
    const row = held.get(name)
    if (row) held.set(name, { ...row, data: { ...row.data, ...Object.fromEntries(values) } })
  }
}

function settledRows(held: ReadonlyMap<string, Shown>): ReadonlyMap<string, LocalRow> {
  return new Map([...held].map(([name, row]) => [name, asLocal(row)]))
}

function asLocal({ base, data }: Shown): LocalRow {
  const was = base.data as Readonly<Record<string, unknown>>
  const pending = Object.keys(data).filter((field) => !isSame(data[field], was[field]))
  const { root, key, ver } = base
  return { root, ent: base.ent as Ent, key, ver, data: data as unknown as RowByEnt[Ent], pending }
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

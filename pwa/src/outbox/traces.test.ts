/**
 * What the real server said to phones, lived again by this phone's own code: it asks the same of
 * the same state, and ends where the recorded phone ended. Recorded by tests/sim/traces.py.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

import type { SyncRes } from '../wire/types.gen.ts'
import { nowhere, plan, type Place, type Present, type State } from './apply.ts'
import { digest } from './cas.ts'
import { isUnsent, mutationOf, type Entry } from './entry.ts'
import { sha256 } from './model.ts'
import { overlay } from './overlay.ts'
import { closeGap, joinAnew, moveTo } from './renumber.ts'
import { nameOf, type BaseRow, type Rows } from './rows.ts'
import { ackedTo } from './settle.ts'
import { digestsOf, without } from './verify.ts'

const TRACES = new URL('../../../tests/vectors/traces/', import.meta.url)

type Change =
  | { readonly is: 'begin' | 'join'; readonly device: string }
  | { readonly is: 'keep'; readonly entry: Entry }
  | { readonly is: 'read' }
  | { readonly is: 'rot'; readonly row: BaseRow }
type Exchange =
  { readonly is: 'ask'; readonly most: number; readonly request: Asked } | Verifying | Hearing
type Step = Change | Exchange

interface Verifying {
  readonly is: 'verify'
  readonly digests: unknown
  readonly differ: readonly string[]
}

interface Hearing {
  readonly is: 'hear'
  readonly answer: SyncRes
  readonly present: Present
  readonly is_fresh: boolean
  /** What the phone is from then on: after a fork another one. */
  readonly device: string
}

type Asked = Readonly<Record<string, unknown>>

interface Trace {
  readonly phone: string
  readonly author: string
  readonly steps: readonly Step[]
  readonly end: {
    readonly place: Place
    readonly rows: Readonly<Record<string, readonly BaseRow[]>>
    readonly entries: readonly Entry[]
    readonly shown: unknown
  }
}

/** What the phone says and hears. */
async function lived(state: State, step: Step): Promise<State> {
  if (isChange(step)) return changed(state, step)
  switch (step.is) {
    case 'ask':
      assert.partialDeepStrictEqual(step.request, asked(state, step.most))
      return state
    case 'verify':
      assert.deepEqual(await digestsOf(sha256, state.rows, state.place.held), step.digests)
      return without(state, step.differ)
    case 'hear':
      return heard(state, step)
  }
}

function isChange(step: Step): step is Change {
  return !['ask', 'verify', 'hear'].includes(step.is)
}

/** What happens to the phone itself. */
function changed(state: State, step: Change): State {
  switch (step.is) {
    case 'begin':
      return { place: nowhere(step.device), rows: new Map(), entries: [] }
    case 'join':
      return became(state, step.device, joinAnew)
    case 'keep':
      return kept(state, step.entry)
    case 'read':
      return { ...state, entries: state.entries.map(seen) }
    case 'rot':
      return { ...state, rows: withRow(state.rows, step.row) }
  }
}

function kept(state: State, entry: Entry): State {
  assert.equal(entry.n, state.place.next_n)
  const place = { ...state.place, next_n: entry.n + 1 }
  return { ...state, place, entries: [...state.entries, entry] }
}

function seen(entry: Entry): Entry {
  return entry.receipt ? { ...entry, is_seen: true } : entry
}

function withRow(rows: Rows, row: BaseRow): Rows {
  const held = new Map(rows.get(row.root)).set(nameOf(row.ent, row.key), row)
  return new Map(rows).set(row.root, held)
}

function became(state: State, device: string, way: typeof moveTo): State {
  if (device === state.place.device) return state
  const { entries, next_n } = way(state.entries, device)
  return { ...state, place: { ...state.place, device, next_n }, entries }
}

/** What a phone says of itself in a request. */
function asked({ place, entries }: State, most: number): Asked {
  const waiting = entries.filter((entry) => isUnsent(entry) && entry.device === place.device)
  const { device, epoch, cursor, held } = place
  return {
    device,
    epoch,
    cursor,
    held,
    muts: waiting.slice(0, most).map(mutationOf),
    acked_n: ackedTo(entries, device, place.next_n),
    waiting: entries.filter(isUnsent).length,
  }
}

async function heard(state: State, step: Hearing): Promise<State> {
  const { answer, present } = step
  assert.equal(present.digest, await digest(sha256, state.place, 1))
  const { next, is_stale } = plan(state, answer, present)
  assert.equal(!is_stale, step.is_fresh)
  if (answer.device !== next.place.device) return next
  if (answer.stop === 'gap') {
    const closed = closeGap(next.entries, answer.device, answer.next_n, next.place.next_n)
    return { ...next, place: { ...next.place, next_n: closed.next_n }, entries: closed.entries }
  }
  return answer.stop === 'fork' ? became(next, step.device, moveTo) : next
}

function byName<T>(held: ReadonlyMap<string, T>): [string, T][] {
  return [...held].sort(([one], [other]) => (one < other ? -1 : 1))
}

function told(state: State, author: string): Trace['end'] {
  const rows = byName(state.rows).map(
    ([root, held]) => [root, byName(held).map(([, row]) => row)] as const,
  )
  const shown = [...overlay(state.rows, state.entries, author)].map(
    ([root, held]) =>
      [
        root,
        Object.fromEntries([...held].map(([name, { ver, data }]) => [name, { ver, data }])),
      ] as const,
  )
  return { ...state, rows: Object.fromEntries(rows), shown: Object.fromEntries(shown) }
}

for (const file of readdirSync(TRACES)) {
  const { phones } = JSON.parse(readFileSync(new URL(file, TRACES), 'utf8')) as {
    readonly phones: readonly Trace[]
  }
  for (const { phone, author, steps, end } of phones) {
    test(`a phone that hears what the server said comes to the same: ${file}, ${phone}`, async () => {
      let state: State = { place: nowhere(''), rows: new Map(), entries: [] }

      for (const step of steps) state = await lived(state, step)

      assert.deepEqual(told(state, author), end)
    })
  }
}

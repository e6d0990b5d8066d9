/** What the status pill says, derived from the outbox and never counted apart from it. Pure. */
import { isUnsent, type Entry } from './entry.ts'
import { wantsItsAuthor } from './forget.ts'
import type { View } from './overlay.ts'
import type { Conflict } from '../wire/types.gen.ts'

export type Connection =
  | 'unknown'
  | 'online'
  | 'offline'
  /** A captive portal or proxy answered instead of the server. */
  | 'portal'
  /** The session ended: what is queued still goes out, reading needs a sign-in. */
  | 'signed_out'
  | 'revoked'

/** What the status pill says. `waiting` equals the unsent rows in the outbox, always. */
export interface Status {
  readonly connection: Connection
  readonly waiting: number
  readonly sending: { readonly done: number; readonly of: number } | null
  /** Open conflicts and refusals that want this person. */
  readonly needs_you: number
  readonly last_received_at: string | null
  /** A new version of the app waits until no form is dirty. */
  readonly update_ready: boolean
  readonly next_try_at: string | null
}

/** What the engine knows of the line to the server. */
export interface Line {
  readonly connection: Connection
  /** How many were to go out when this round of exchanges began; null between rounds. */
  readonly sending_of: number | null
  readonly next_try_at: string | null
}

export interface Known {
  readonly entries: readonly Entry[]
  readonly view: View
  readonly line: Line
  readonly heard_at: string | null
  readonly user_id: string
  readonly is_update_ready: boolean
}

export function statusOf({ entries, view, line, ...known }: Known): Status {
  const waiting = entries.filter(isUnsent).length
  return {
    connection: line.connection,
    waiting,
    sending: sending(waiting, line.sending_of),
    needs_you: openConflicts(view, known.user_id) + entries.filter(wantsItsAuthor).length,
    last_received_at: latest(known.heard_at, entries),
    update_ready: known.is_update_ready,
    next_try_at: line.next_try_at,
  }
}

/** Receipts that came while the phone was locked count, too. */
function latest(heardAt: string | null, entries: readonly Entry[]): string | null {
  const moments = entries.map((entry) => entry.received_at).concat(heardAt)
  return moments.filter((moment) => moment !== null).reduce(later, null)
}

function later(one: string | null, other: string): string {
  return one === null || other > one ? other : one
}

/** A deed done meanwhile joins the round: it is counted in `of`, never as already sent. */
function sending(waiting: number, began: number | null): Status['sending'] {
  if (began === null || (began === 0 && waiting === 0)) return null
  const of = Math.max(began, waiting)
  return { done: of - waiting, of }
}

/** A conflict wants whoever wrote either value, once however many roots hold a copy of it. */
function openConflicts(view: View, userId: string): number {
  const open = new Set<string>()
  for (const root of view.values()) {
    for (const row of root.values()) {
      if (row.ent === 'conflict' && isMine(row.data as Conflict, userId)) open.add(row.key)
    }
  }
  return open.size
}

function isMine(conflict: Conflict, userId: string): boolean {
  if (conflict.status !== 'open') return false
  return conflict.fields.some(({ mine_by, theirs_by }) => [mine_by, theirs_by].includes(userId))
}

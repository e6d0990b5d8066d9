/** The calls of one's schools: which are one's own, which can be taken, and who has the others. Pure. */

import type { LocalRow, OutboxEntry, Phone } from '../../local/ports.ts'
import { lastWord } from '../../outbox/entry.ts'
import type { Student } from '../../wire/types.gen.ts'
import { schoolOf, staffName, type Rows } from '../family/rules.ts'

export type TaskRow = LocalRow<'task'>

/**
 * `asked`: wanted, and the office has not answered. `mine`: held, with time given. `over`: it was
 * mine, and the time has passed; as free as `free`.
 */
export type Hold = 'asked' | 'mine' | 'over' | 'free' | 'theirs'

export interface ListedCall {
  readonly row: TaskRow
  readonly hold: Hold
  readonly school: string
  /** Who has it, as far as the phone knows a name. */
  readonly holder: string
  /** The family's root and the student, when they are on this phone. */
  readonly root: string | null
  readonly student: Student | null
}

type Reads = Rows & Pick<Phone, 'holder' | 'serverNow'>

/** Every task once: one that was just asked for may stand in the student's root as well. */
function tasksOf(rows: Rows): TaskRow[] {
  const byKey = new Map<string, TaskRow>()
  for (const row of rows.rows('task')) {
    if ((byKey.get(row.key)?.ver ?? -1) < row.ver) byKey.set(row.key, row)
  }
  return [...byKey.values()]
}

export function callOf(phone: Reads, key: string): ListedCall | null {
  const row = tasksOf(phone).find((one) => one.key === key)
  return row ? listed(phone, row) : null
}

/** The open calls: one's own first, then those to be taken, then the others', by the day owed. */
export function openCalls(phone: Reads): ListedCall[] {
  return tasksOf(phone)
    .filter(({ data }) => data.status === 'open')
    .map((row) => listed(phone, row))
    .toSorted(byTurn)
}

/** The call to take next: the one owed soonest that nobody has. */
export function nextFree(phone: Reads, but = ''): ListedCall | null {
  const free = openCalls(phone).filter(({ hold }) => hold === 'free' || hold === 'over')
  return free.find(({ row }) => row.key !== but) ?? null
}

/** The open calls of one student, for whoever runs the list. */
export function callsAbout(phone: Reads, studentId: string): ListedCall[] {
  return openCalls(phone).filter(({ row }) => row.data.student_id === studentId)
}

function listed(phone: Reads, row: TaskRow): ListedCall {
  const { data } = row
  const seen = phone.rows('student').find((one) => one.data.id === data.student_id)
  return {
    row,
    hold: holdOf(row, phone.holder.user_id, phone.serverNow()),
    school: schoolOf(phone, data.school_id)?.name ?? '',
    holder: staffName(phone, data.holder_id),
    root: seen?.root ?? null,
    student: seen?.data ?? null,
  }
}

/** Only the server's clock ends a lease; before it was heard, nothing is called over. */
export function holdOf({ data }: TaskRow, me: string, now: Date | null): Hold {
  if (data.status !== 'open' || data.holder_id === null) return 'free'
  const isOver = hasPassed(data.until, now)
  if (data.holder_id !== me) return isOver ? 'free' : 'theirs'
  if (data.until === null) return 'asked'
  return isOver ? 'over' : 'mine'
}

function hasPassed(until: string | null, now: Date | null): boolean {
  return until !== null && now !== null && Date.parse(until) <= now.getTime()
}

const TURN: Readonly<Record<Hold, number>> = { mine: 0, asked: 0, over: 1, free: 1, theirs: 2 }

function byTurn(one: ListedCall, other: ListedCall): number {
  const turns = TURN[one.hold] - TURN[other.hold]
  const days = dueOf(one).localeCompare(dueOf(other))
  return turns || days || one.row.key.localeCompare(other.row.key)
}

/** Calls without a day come last. */
function dueOf({ row }: ListedCall): string {
  return row.data.due_on ?? '9'
}

/** What became of a step of one's own that its person should hear. */
export interface Told {
  readonly entry: OutboxEntry
  readonly says: 'notYours' | 'notDone' | 'duplicate' | 'wasCancelled' | 'late'
  readonly code: string
}

const MERGED: Readonly<Record<string, Told['says']>> = {
  duplicate_effort: 'duplicate',
  was_cancelled: 'wasCancelled',
  late_scope: 'late',
}

/** Claims that came to nothing, and calls made that somebody had made before. Until read. */
export function tellings(outbox: readonly OutboxEntry[]): Told[] {
  return outbox.flatMap((entry) => {
    const word = lastWord(entry)
    if (entry.deed.ent !== 'task' || entry.is_seen || word === null) return []
    const { out, code } = word
    if (out === 'refused') {
      return [{ entry, says: entry.deed.op === 'task.claim' ? 'notYours' : 'notDone', code }]
    }
    const says = MERGED[code]
    return out === 'merged' && says ? [{ entry, says, code }] : []
  })
}

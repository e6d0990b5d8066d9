/** The outbox as its author reads it: what wants him, what waits, what has arrived. Pure. */

import type { Deed, OutboxEntry, Phone } from '../../local/ports.ts'
import type { Student } from '../../wire/types.gen.ts'

export interface Shelves {
  readonly needsYou: readonly OutboxEntry[]
  readonly waiting: readonly OutboxEntry[]
  readonly received: readonly OutboxEntry[]
}

/** Every entry stands on exactly one shelf. `waiting` is what the pill counts. */
export function shelves(entries: readonly OutboxEntry[]): Shelves {
  const latest = entries.toReversed()
  return {
    needsYou: latest.filter(wantsYou),
    waiting: entries.filter(({ state }) => state === 'waiting' || state === 'sending'),
    received: latest.filter(
      (entry) => !wantsYou(entry) && entry.state !== 'waiting' && entry.state !== 'sending',
    ),
  }
}

/** A refusal wants its author until he has read it. A conflict has its own card. */
function wantsYou({ state, is_seen }: OutboxEntry): boolean {
  return state === 'refused' && !is_seen
}

export type About =
  | 'contact'
  | 'pointEdit'
  | 'pointCreate'
  | 'assign'
  | 'resolve'
  | 'callAsk'
  | 'callTake'
  | 'callGiveBack'
  | 'callDone'
  | 'callCancel'
  | 'other'

const ABOUT_BY_OP: Readonly<Record<string, About>> = {
  'contact.create': 'contact',
  'contact_point.edit': 'pointEdit',
  'contact_point.create': 'pointCreate',
  'case.assign': 'assign',
  'conflict.resolve': 'resolve',
  'task.create': 'callAsk',
  'task.claim': 'callTake',
  'task.release': 'callGiveBack',
  'task.complete': 'callDone',
  'task.cancel': 'callCancel',
}

export function aboutOf({ deed }: OutboxEntry): About {
  return ABOUT_BY_OP[deed.op] ?? 'other'
}

/** Deeds whose form can be opened again with the words in it. */
export function isMendable(entry: OutboxEntry): boolean {
  return ['contact', 'pointEdit', 'pointCreate'].includes(aboutOf(entry))
}

/** Whether the two versions that this made have been decided, as far as this phone has heard. */
export function isDecided(phone: Pick<Phone, 'rows'>, conflict: string): boolean {
  const copies = phone.rows('conflict').filter(({ data }) => data.id === conflict)
  return copies.length > 0 && copies.every(({ data }) => data.status !== 'open')
}

/** Everything that was written, to be read and copied. */
export function wordsOf({ deed }: Pick<OutboxEntry, 'deed'>): string {
  const said = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.values(deed.set).map(said).join('\n')
}

/** Whom a step of a call is about, while the family is on this phone: a pool names nobody. */
export function studentOfCall(phone: Pick<Phone, 'rows'>, { ent, key }: Deed): Student | null {
  const task = ent === 'task' ? phone.rows('task').find((row) => row.key === key) : undefined
  const student = task && phone.rows('student').find(({ data }) => data.id === task.data.student_id)
  return student?.data ?? null
}

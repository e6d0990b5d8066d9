/** What a person did on this phone, and what is known of its fate. Pure: no storage, no network, no clock. */
import type {
  Address,
  Case,
  Conflict,
  Contact,
  ContactPoint,
  Guardian,
  Guardianship,
  Mut,
  Receipt,
  Refusal,
  Replayed,
  School,
  StaffMember,
  Standing,
  Student,
  Submission,
  Task,
} from '../wire/types.gen.ts'

/** Rows by entity name, as the feed spells it. */
export interface RowByEnt {
  readonly student: Student
  readonly standing: Standing
  readonly guardian: Guardian
  readonly guardianship: Guardianship
  readonly contact_point: ContactPoint
  readonly address: Address
  readonly case: Case
  readonly contact: Contact
  readonly conflict: Conflict
  readonly refusal: Refusal
  readonly replayed: Replayed
  readonly school: School
  readonly submission: Submission
  readonly staff: StaffMember
  readonly task: Task
}
export type Ent = keyof RowByEnt

/** What a person did, before it is numbered and sealed. */
export interface Deed {
  readonly op: string
  readonly ent: Ent
  readonly key: string
  readonly root: string
  /** `ver` of the row seen; 0 creates. */
  readonly base: number
  readonly was: Readonly<Record<string, unknown>>
  readonly set: Readonly<Record<string, unknown>>
  /** The task's token as held, where the deed is done under a lease; none: 0. */
  readonly fence?: number
}

export type EntryState = 'waiting' | 'sending' | 'received' | 'conflict' | 'refused' | 'parked'

/** One deed in the outbox, numbered for one device. Kept until the server has it in a backup. */
export interface Entry {
  readonly id: string
  /** The device that `n` counts for: a restored or cloned profile gets another one. */
  readonly device: string
  readonly n: number
  readonly deed: Deed
  /** Schema it was made under. Never rewritten: the server knows the old ones. */
  readonly v: number
  /** Claimed wall time, RFC 3339 with offset. */
  readonly at: string
  readonly mono: readonly [string, number]
  readonly receipt: Receipt | null
  /** What became later of what was parked. Its receipt stays as it is. */
  readonly replay?: Replayed | null
  /** When this phone stored the receipt, in UTC. */
  readonly received_at: string | null
  /** The feed has caught up with it: what the screen shows no longer needs it. */
  readonly is_settled: boolean
  /** Its author has read what became of it. */
  readonly is_seen: boolean
}

export function isUnsent(entry: Entry): boolean {
  return entry.receipt === null
}

/** The code of a refusal that this phone gives itself: too long to be sent at all. */
export const UNSENDABLE = 'unsendable'

/** It never left this phone, and never will: its only copy is here, and stays. */
export function isUnsendable({ receipt }: Pick<Entry, 'receipt'>): boolean {
  return receipt?.code === UNSENDABLE
}

/** What the server said last. */
export type Word = Pick<Receipt, 'out' | 'ver' | 'conflict' | 'code' | 'text'>

/** The receipt; where that only says `parked`, what became of it since. */
export function lastWord({ receipt, replay }: Pick<Entry, 'receipt' | 'replay'>): Word | null {
  return receipt?.out === 'parked' ? (replay ?? receipt) : receipt
}

/** Refused or parked deeds want their author; conflicts come back as rows of their own. */
export function stateOf(entry: Entry): Exclude<EntryState, 'sending'> {
  switch (lastWord(entry)?.out) {
    case undefined:
      return 'waiting'
    case 'applied':
    case 'merged':
      return 'received'
    case 'conflict':
      return 'conflict'
    case 'refused':
      return 'refused'
    case 'parked':
      return 'parked'
  }
}

export type Mutation = Omit<Mut, 'was' | 'set'> & Pick<Deed, 'was' | 'set'>

/**
 * The entry as the wire has it. The same entry always gives the same text, so that a mutation
 * sent again, sealed or not, is seen to be the same.
 */
export function mutationOf(entry: Entry): Mutation {
  const { op, ent, key, root, base, was, set, fence = 0 } = entry.deed
  const { n, id, v, at, mono } = entry
  return { n, id, op, ent, key, root, v, base, was, set, at, mono, fence }
}

/**
 * What screens may ask of the phone. `local/` implements it, `screens/` know nothing else of
 * storage, keys or the network. Wire types come from `wire/types.gen.ts`.
 */
import type {
  Address,
  Case,
  Conflict,
  Contact,
  ContactPoint,
  Guardian,
  Guardianship,
  Me,
  Receipt,
  Refusal,
  School,
  StaffMember,
  Standing,
  Student,
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
  readonly school: School
  readonly staff: StaffMember
}
export type Ent = keyof RowByEnt

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
}

export type EntryState = 'waiting' | 'sending' | 'received' | 'conflict' | 'refused' | 'parked'

/** One mutation in the outbox, opened for its author. */
export interface OutboxEntry {
  readonly n: number
  readonly id: string
  readonly deed: Deed
  /** Claimed wall time, RFC 3339 with offset. */
  readonly at: string
  readonly state: EntryState
  readonly receipt: Receipt | null
  /** When this phone stored the receipt. */
  readonly received_at: string | null
}

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

export interface Progress {
  readonly roots_done: number
  readonly roots_total: number
  readonly rows: number
  readonly is_done: boolean
}

export interface Draft {
  readonly id: string
  readonly student_root: string
  readonly saved_at: string
  /** The form's own state, plain JSON. */
  readonly form: unknown
}

/** The person whose sealed store is open. */
export interface Holder {
  readonly user_id: string
  readonly name: string
  readonly role: Me['role']
  readonly root: string
  readonly language: string
}

/** An unlocked phone: the sealed store of one person. */
export interface Phone {
  readonly holder: Holder
  /** Read from memory; changes are told to `subscribe`. */
  rows<E extends Ent>(ent: E): readonly LocalRow<E>[]
  row<E extends Ent>(root: string, ent: E, key: string): LocalRow<E> | null
  rowsOf<E extends Ent>(root: string, ent: E): readonly LocalRow<E>[]
  outbox(): readonly OutboxEntry[]
  status(): Status
  progress(): Progress
  /**
   * Keep what a person did: numbered, sealed twice, stored with strict durability. Resolves
   * when it is on disk (never waits for the network); rejects when the phone could not keep it.
   */
  keep(deed: Deed): Promise<OutboxEntry>
  /** Send and fetch now. Never rejects; the outcome is in `status()`. */
  sync(): Promise<void>
  drafts(): Promise<readonly Draft[]>
  saveDraft(draft: Draft): Promise<void>
  discardDraft(id: string): Promise<void>
  /** Called after every change of rows, outbox, status or progress. Returns an unsubscriber. */
  subscribe(listener: () => void): () => void
  /** Ask for notifications and tell the server. Needs a tap. */
  subscribePush(): Promise<'on' | 'denied' | 'unsupported' | 'failed'>
  /** Whether the browser promised not to evict this store. */
  isPersisted(): Promise<boolean>
  /** Forget the key in memory. Everything stays, sealed. */
  lock(): void
}

export type UnlockWay = 'pin' | 'passkey'

/** What can be done before a store is open. */
export interface PhoneLocker {
  /** Stores on this device, one per person; nothing but a name chosen for this screen is clear. */
  holders(): Promise<readonly { user_id: string; label: string; ways: readonly UnlockWay[] }[]>
  /**
   * Make this browser a device of the person signed in: register it, make a key, wrap it with
   * the PIN (8 digits or a phrase) or a passkey (PRF), open the empty store. `label` is how
   * its person tells this device from others.
   */
  create(me: Me, secret: { pin: string } | { passkey: true }, label?: string): Promise<Phone>
  /** Rejects with `WrongSecret` when the PIN or passkey does not open it. */
  unlock(user_id: string, secret: { pin: string } | { passkey: true }): Promise<Phone>
  /** Unsent rows in a sealed store, countable without its key. */
  unsent(user_id: string): Promise<number>
  /** Remove a store. Refuses (rejects) while it has unsent rows, unless told `evenUnsent`. */
  remove(user_id: string, evenUnsent: boolean): Promise<void>
}

export class WrongSecret extends Error {}

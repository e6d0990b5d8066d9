/**
 * What screens may ask of the phone. `local/` implements it, `screens/` know nothing else of
 * storage, keys or the network. Wire types come from `wire/types.gen.ts`.
 */
import type { Connection, Status } from '../outbox/status.ts'
import type { Deed, Ent, EntryState, RowByEnt } from '../outbox/entry.ts'
import type { LocalRow } from '../outbox/overlay.ts'
import type { Me, Receipt, Replayed } from '../wire/types.gen.ts'

export type { Connection, Deed, Ent, EntryState, LocalRow, RowByEnt, Status }

/** One mutation in the outbox, opened for its author. */
export interface OutboxEntry {
  readonly n: number
  readonly id: string
  readonly deed: Deed
  /** Claimed wall time, RFC 3339 with offset. */
  readonly at: string
  readonly state: EntryState
  readonly receipt: Receipt | null
  /** What became later of what was parked; `state` goes by it. */
  readonly replay: Replayed | null
  /** When this phone stored the receipt. */
  readonly received_at: string | null
  /** Its author has read what became of it. */
  readonly is_seen: boolean
}

export interface Progress {
  readonly roots_done: number
  readonly roots_total: number
  readonly rows: number
  readonly is_done: boolean
}

/** Whether a phone holds what it should: it does, it was mended, or nobody could tell. */
export type Checked = 'same' | 'healed' | 'unknown'

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
  /** What this browser is to the server, as the list of devices names it. */
  readonly device_id: string
  /**
   * Read from memory; changes are told to `subscribe`. One row for each held root that has it: a
   * shared number or a conflict comes more than once under the same `key`.
   */
  rows<E extends Ent>(ent: E): readonly LocalRow<E>[]
  row<E extends Ent>(root: string, ent: E, key: string): LocalRow<E> | null
  rowsOf<E extends Ent>(root: string, ent: E): readonly LocalRow<E>[]
  outbox(): readonly OutboxEntry[]
  status(): Status
  progress(): Progress
  /**
   * Keep what a person did: numbered, sealed twice, stored with strict durability. Resolves
   * when it is on disk (never waits for the network); rejects when the phone could not keep it,
   * with `TooLong` when no request could ever carry it: the draft keeps the words.
   * More deeds are kept with it, all or none, in this order.
   */
  keep(deed: Deed, ...more: readonly Deed[]): Promise<OutboxEntry>
  /** The server's clock as far as it is known here, never ahead of it; null before it was heard. */
  serverNow(): Date | null
  /** Send and fetch now. Never rejects; the outcome is in `status()`. */
  sync(): Promise<void>
  /** Sync, and have the server judge what this phone holds. Never rejects. */
  check(): Promise<Checked>
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
  /** The person has read what became of an entry: it no longer counts in `needs_you`. */
  markSeen(id: string): Promise<void>
  /** Take the new version of the app. False while a form is dirty, in any tab. */
  update(): Promise<boolean>
}

export type UnlockWay = 'pin' | 'passkey'

/** What can be done before a store is open. */
export interface PhoneLocker {
  /** Stores on this device, one per person; nothing but a name chosen for this screen is clear. */
  holders(): Promise<readonly { user_id: string; label: string; ways: readonly UnlockWay[] }[]>
  /**
   * Make this browser a device of the person signed in: register it, make a key, wrap it with
   * the PIN (8 digits or a phrase) or a passkey (PRF), open the empty store. Rejects with
   * `WeakSecret`, with `NoPasskey` where a passkey cannot make keys, or with `AlreadyHere`.
   * `label` stands on the unlock screen in the clear: a word of the person's choice.
   */
  create(me: Me, secret: { pin: string } | { passkey: true }, label?: string): Promise<Phone>
  /**
   * Rejects with `WrongSecret` when the PIN or passkey does not open it. After several wrong ones
   * it answers later and later; nothing is ever destroyed.
   */
  unlock(user_id: string, secret: { pin: string } | { passkey: true }): Promise<Phone>
  /** Unsent rows in a sealed store, countable without its key. */
  unsent(user_id: string): Promise<number>
  /** Remove a store. Rejects with `StillUnsent` while it has unsent rows, unless `evenUnsent`. */
  remove(user_id: string, evenUnsent: boolean): Promise<void>
  /**
   * Send what waits in a sealed store, by its write-only token. Reads nothing, never rejects.
   * Answers how many rows still wait.
   */
  deliver(user_id: string): Promise<number>
}

export class WrongSecret extends Error {
  override readonly name = 'WrongSecret'
}

/** A PIN under 8 digits, or a phrase under 8 characters. */
export class WeakSecret extends Error {
  override readonly name = 'WeakSecret'
}

/** More words than can ever be sent at once. */
export class TooLong extends Error {
  override readonly name = 'TooLong'
}

/** This browser's passkeys cannot make keys (no PRF), or the person declined: use a PIN. */
export class NoPasskey extends Error {
  override readonly name = 'NoPasskey'
}

/** This person has a store on this device: unlock it, or remove it first. */
export class AlreadyHere extends Error {
  override readonly name = 'AlreadyHere'
}

/** The store has unsent rows. */
export class StillUnsent extends Error {
  override readonly name = 'StillUnsent'
}

/** Which entries a phone may forget. Pure. */
import { isUnsendable, lastWord, type Entry } from './entry.ts'

/**
 * How long received entries stay, however many: for their author to see, and to be sent again where
 * a server without backups goes back.
 */
export const SHOWN_DAYS = 7
/** How long work is kept that an earlier device sent: of that no answer says what backups hold. */
export const KEPT_DAYS = 30

export interface Horizon {
  /** The server has everything up to here in a verified backup. */
  readonly durable_n: number
  readonly device: string
  /**
   * Moments by the server's clock, as ISO text in UTC: received before it, an entry need not be
   * shown or kept. This phone's clock may be a year wrong, and nothing may be forgotten for that.
   */
  readonly shown_since: string
  readonly kept_since: string
}

/**
 * The ids that may go: received, no longer shown through, read by their author if refused, in a
 * backup (however old: what a restore would lose is sent again) and out of the list.
 */
export function forgettable(entries: readonly Entry[], horizon: Horizon): string[] {
  const received = entries.filter((entry) => entry.receipt !== null)
  return received
    .filter((entry) => entry.is_settled && !wantsItsAuthor(entry) && !isOnlyHere(entry))
    .filter((entry) => {
      const since = entry.received_at ?? horizon.shown_since
      if (entry.device !== horizon.device) return since < horizon.kept_since
      const isDurable = entry.n <= horizon.durable_n
      return isDurable && since < horizon.shown_since
    })
    .map((entry) => entry.id)
}

/** The office gave up on an envelope that nobody could read. */
const DISMISSED = 'dismissed'

/** Codes of what reached the server so that nobody there can ever read it. */
export const UNREADABLE: ReadonlySet<string> = new Set([
  ...['cannot_open', 'undecodable', 'not_utf8', 'number_differs', 'too_deep'],
])

/**
 * The server holds the bytes and cannot read them (its key was lost, or they were damaged on the
 * way): the only readable copy is this one. It stays for good, also when the office waits for it no
 * longer.
 */
export function isUnread(entry: Pick<Entry, 'receipt' | 'replay'>): boolean {
  const isShut = entry.receipt?.out === 'parked' && UNREADABLE.has(entry.receipt.code)
  return isShut && (!entry.replay || entry.replay.code === DISMISSED)
}

/** No other copy is known that anybody could read. */
function isOnlyHere(entry: Entry): boolean {
  return isUnsendable(entry) || isUnread(entry)
}

/** A refused deed stays until its author has read why. */
export function wantsItsAuthor(entry: Entry): boolean {
  return lastWord(entry)?.out === 'refused' && !entry.is_seen
}

/** Ways out when the phone and the server disagree about numbers. Pure; ids never change. */
import { isUnsendable, UNSENDABLE, type Entry } from './entry.ts'

export interface Numbered {
  readonly entries: readonly Entry[]
  /** The number of the next deed. */
  readonly next_n: number
}

/**
 * The server has this device's mutations up to `serverNext - 1` only: receipts from there on are
 * void. When the phone no longer keeps the number asked for, what it keeps closes up to it.
 */
export function closeGap(
  entries: readonly Entry[],
  device: string,
  serverNext: number,
  nextN: number,
): Numbered {
  const isBehind = (entry: Entry) => entry.device === device && entry.n >= serverNext
  const unsent = entries.filter(isBehind).map(voided)
  const rest = entries.filter((entry) => !isBehind(entry))
  const first = Math.min(...unsent.map((entry) => entry.n))
  if (first === serverNext) return { entries: inOrder(rest, unsent), next_n: nextN }
  const closed = numbered(unsent, device, serverNext)
  return { entries: inOrder(rest, closed), next_n: serverNext + closed.length }
}

/**
 * Another profile has used this device's numbers (a restored backup, a clone): under a new device
 * what has no receipt is counted from 1. What has one keeps its old device and number.
 */
export function moveTo(entries: readonly Entry[], device: string): Numbered {
  const unsent = entries.filter((entry) => entry.receipt === null)
  const rest = entries.filter((entry) => entry.receipt !== null)
  const moved = numbered(unsent, device, 1)
  return { entries: inOrder(rest, moved), next_n: moved.length + 1 }
}

/**
 * The server does not know this device: it was put back from before it joined. What was received
 * may be gone with it, so everything kept goes out under the new device, oldest first: a word
 * about a visit never before the visit.
 */
export function joinAnew(entries: readonly Entry[], device: string): Numbered {
  const aside = entries.filter(isUnsendable)
  const sendable = entries.filter((entry) => !isUnsendable(entry))
  const moved = numbered(sendable.map(voided), device, 1)
  return { entries: inOrder(aside, moved), next_n: moved.length + 1 }
}

/**
 * Too long for any request, the server would never take it, and nothing behind it could go out. It
 * is refused here instead, with its words, and gives its number to what comes next: the server never
 * had it.
 */
export function setAside(
  entries: readonly Entry[],
  { id, device, n }: Pick<Entry, 'id' | 'device' | 'n'>,
): Numbered {
  const behind = (entry: Entry) => entry.device === device && entry.n > n
  const rest = entries.filter((entry) => !behind(entry))
  const closed = numbered(entries.filter(behind), device, n)
  const receipt = { n: 0, id, out: 'refused', seq: 0, ver: 0, code: UNSENDABLE } as const
  const aside = { n: 0, receipt: { ...receipt, conflict: null, text: '' }, is_settled: true }
  const kept = rest.map((entry) => (entry.id === id ? { ...entry, ...aside } : entry))
  return { entries: inOrder(kept, closed), next_n: n + closed.length }
}

/** Where numbers stand: the phone's next one, and the one that the server wants next. */
export interface Numbers {
  readonly next_n: number
  readonly server_next: number
}

/**
 * The database began a new life, from a backup: what it received since may be gone. Every receipt
 * is void and everything kept is sent again; ids let the server tell what it has. What an earlier
 * device sent comes before what this one sent later, where the server no longer has either.
 */
export function sendAgain(entries: readonly Entry[], device: string, numbers: Numbers): Numbered {
  const { next_n, server_next } = numbers
  const again = entries.map((entry) => (isUnsendable(entry) ? entry : voided(entry)))
  if (again.every((entry) => entry.device === device)) return { entries: again, next_n }
  const isKnown = (entry: Entry) =>
    isUnsendable(entry) || (entry.device === device && entry.n < server_next)
  const known = again.filter(isKnown)
  const moved = numbered(
    again.filter((entry) => !isKnown(entry)),
    device,
    server_next,
  )
  return { entries: inOrder(known, moved), next_n: server_next + moved.length }
}

function voided(entry: Entry): Entry {
  const fresh = { receipt: null, received_at: null, is_settled: false, is_seen: false }
  return { ...entry, ...fresh, ...(entry.replay ? { replay: null } : {}) }
}

function numbered(entries: readonly Entry[], device: string, from: number): Entry[] {
  return entries.map((entry, index) => ({ ...entry, device, n: from + index }))
}

/** Oldest first: what has been received, then what waits, each in the order it was done. */
function inOrder(received: readonly Entry[], waiting: readonly Entry[]): Entry[] {
  return [...received, ...waiting]
}

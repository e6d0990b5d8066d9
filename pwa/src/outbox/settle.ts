/** What receipts make of the outbox. Pure. */
import type { Receipt } from '../wire/types.gen.ts'
import type { Entry } from './entry.ts'

/**
 * Give each receipt to the entry it is about: same number for the same device, and same id. What
 * was written while the exchange was under way has another id, so it can never be taken for sent.
 * A receipt is terminal: the first one stays.
 */
export function settle(
  entries: readonly Entry[],
  receipts: readonly Receipt[],
  device: string,
  at: string,
): Entry[] {
  const receiptById = new Map(receipts.map((receipt) => [receipt.id, receipt]))
  return entries.map((entry) => {
    const receipt = receiptById.get(entry.id)
    const isAbout = receipt?.n === entry.n && entry.device === device
    if (!receipt || !isAbout || entry.receipt !== null) return entry
    return { ...entry, receipt, received_at: at }
  })
}

/**
 * Everything up to here has a receipt that is stored on this phone. What is no longer kept had
 * one, or it would still be here.
 */
export function ackedTo(entries: readonly Entry[], device: string, nextN: number): number {
  const unsent = entries.filter((entry) => entry.device === device && entry.receipt === null)
  return Math.min(nextN, ...unsent.map((entry) => entry.n)) - 1
}

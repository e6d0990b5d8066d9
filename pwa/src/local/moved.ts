/** Whether exchanges get ahead: what still waits, and whether anything came of one. */
import { isUnsent } from '../outbox/entry.ts'
import type { Core } from './core.ts'

export function unsent(core: Core): number {
  return core.state.entries.filter(isUnsent).length
}

/** Something came of it: a receipt, or a step along the feed. */
export function hasMoved(core: Core, before: Core['state']): boolean {
  const { entries, place } = core.state
  const settled = before.entries.filter((entry) => !isUnsent(entry)).length
  const isSent = entries.length - unsent(core) > settled
  const isSameHeld = JSON.stringify(place.held) === JSON.stringify(before.place.held)
  return isSent || place.cursor !== before.place.cursor || !isSameHeld
}

/** When to try again. Pure: chance is passed in. */

const FIRST_MS = 2_000
const LONGEST_MS = 5 * 60_000

/**
 * Wait twice as long after each failure, five minutes at most, half of it by chance so that a
 * school's phones do not return together. A server that names a time is not asked earlier.
 */
export function waitMs(failures: number, retryMs: number, chance: number): number {
  const doubled = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
  return Math.max(retryMs, Math.round(doubled * (0.5 + chance / 2)))
}

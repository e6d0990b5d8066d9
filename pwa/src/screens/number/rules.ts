/** What is wrong with a family's number as it was written. Pure. */

export type Wrong = 'missing' | 'tooShort'

const LEAST_DIGITS = 7

/** Numbers are kept as the family says them: only what cannot be called is turned back. */
export function wrongNumber(value: string, kind: string): Wrong | null {
  const text = value.trim()
  if (text === '') return 'missing'
  if (kind === 'email') return null
  return text.replaceAll(/\D/g, '').length < LEAST_DIGITS ? 'tooShort' : null
}

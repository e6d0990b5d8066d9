/** How far the schools' records reach that a screen hangs on, in one line. */

import { shortDay } from '../../text/dates.ts'
import { t } from '../../text/text.ts'

/** "School records up to 3 Mar." Schools that differ give both ends; nothing known says nothing. */
export function sayAsOf(days: readonly (string | null | undefined)[], today: string): string {
  const known = days.filter((day) => typeof day === 'string').toSorted()
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined) return ''
  if (first === last) return t('app.recordsUpTo', { date: shortDay(first, today) })
  return t('app.recordsBetween', { first: shortDay(first, today), last: shortDay(last, today) })
}

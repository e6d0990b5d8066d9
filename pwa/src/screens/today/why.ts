/** The words of a row on Today: why this family, and by when. */

import { momentDay, shortDay, shortWeekday, formatNumber } from '../../text/dates.ts'
import { label, t } from '../../text/text.ts'
import { unexcusedSince, type DueItem } from './rules.ts'

const UNITS_PER_DAY = 840

/** "5 unexcused since 12 Jan. Nobody has tried yet." */
export function whyOf(item: DueItem, today: string): string {
  return [absencesOf(item, today), workOf(item, today)].filter(Boolean).join(' ')
}

function absencesOf({ standing }: DueItem, today: string): string {
  const since = standing && unexcusedSince(standing)
  if (!standing || since === null) return ''
  const count = standing.unexcused_units / UNITS_PER_DAY
  const date = shortDay(since, today)
  return t('today.unexcused', { count, days: formatNumber(count), date })
}

function workOf(item: DueItem, today: string): string {
  const left = item.case.left_on ?? item.student.left_on
  if (left !== null) return t('today.left', { date: shortDay(left, today) })
  if (item.case.no_longer_met_on !== null) return t('today.noLongerMet')
  if (item.follow_up_kind !== '') {
    return t('today.next', { what: label('follow_up', item.follow_up_kind) })
  }
  if (item.reached_at !== null) {
    return t('today.reached', { date: shortDay(momentDay(item.reached_at), today) })
  }
  if (item.tries === 0) return t('today.nobodyTried')
  return t('today.nobodyReached', { count: item.tries })
}

/** "Overdue 2 days", "Today", "Wed", "12 Jan". */
export function dueWord(item: DueItem, today: string): string {
  if (item.due_on === null) return item.group === 'resting' ? '' : t('today.noDate')
  if (item.group === 'overdue') return t('today.overdueDays', { count: item.days_over })
  if (item.group === 'today') return t('today.today')
  if (item.group === 'coming') return shortWeekday(item.due_on)
  return item.group === 'resting' ? '' : shortDay(item.due_on, today)
}

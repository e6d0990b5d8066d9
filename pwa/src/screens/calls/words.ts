/** The words of a call on the list. */

import { momentOf, shortDay } from '../../text/dates.ts'
import { t } from '../../text/text.ts'
import { fullName } from '../family/rules.ts'
import type { ListedCall } from './list.ts'

/** Whose call it is: the student's name when it is on this phone, else the school. */
export function sayWhose({ student, school }: ListedCall): string {
  return student
    ? fullName(student)
    : t('calls.family', { school: school || t('calls.someSchool') })
}

/** "Overdue since 12 Jan", "Due today". */
export function sayDue({ row }: ListedCall, today: string): string {
  const due = row.data.due_on
  if (due === null) return t('calls.noDay')
  if (due === today) return t('calls.dueToday')
  return t(due < today ? 'calls.overdue' : 'calls.due', { date: shortDay(due, today) })
}

export function isOverdue({ row }: ListedCall, today: string): boolean {
  return row.data.due_on !== null && row.data.due_on < today
}

/** "With Eli until 14:30". */
export function sayHold(call: ListedCall, today: string): string {
  const { until } = call.row.data
  const time = until === null ? '' : momentOf(new Date(until), today)
  switch (call.hold) {
    case 'mine':
      return t('calls.mineUntil', { time })
    case 'theirs':
      return sayHolder(call.holder || t('calls.aColleague'), time)
    case 'asked':
    case 'over':
    case 'free':
      return t(`calls.${call.hold}`)
  }
}

function sayHolder(name: string, time: string): string {
  return time === '' ? t('calls.theirsSoon', { name }) : t('calls.theirs', { name, time })
}

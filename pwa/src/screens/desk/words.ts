/** The desk's sentences: dates, days, people and values as words. */
import type { DeskCase, DeskReference } from '../../wire/types.gen.ts'
import { dayOf, formatNumber, momentOf, shortDay } from '../../text/dates.ts'
import { label, t, type Vocabulary } from '../../text/text.ts'
import type { FieldValue } from './conflict.ts'
import { daysOf, dueOf } from './rules.ts'

export function sayDays(units: number): string {
  const count = daysOf(units)
  return t('desk.days', { count, number: formatNumber(count) })
}

/** "Grade 7"; a district that writes "Seventh grade" is left its words. */
export function sayGrade(grade: string): string {
  return label('grade', grade)
}

/** "Cañada Middle School, Grade 7". */
export function saySchool(school: string, grade: string): string {
  return [school, sayGrade(grade)].filter(Boolean).join(', ')
}

/** "Overdue since 12 Jan", "Due today". */
export function sayDue(dueOn: string, now: Date): string {
  const today = dayOf(now)
  return t(`desk.case.${dueOf(dueOn, today)}`, { date: shortDay(dueOn, today) })
}

export function sayMoment(at: string | null, now: Date): string {
  return at === null ? '' : momentOf(new Date(at), dayOf(now))
}

export function nameOf(reference: DeskReference | null, userId: string | null): string {
  if (userId === null) return ''
  return reference?.staff.find(({ id }) => id === userId)?.name ?? ''
}

/** Who has the case, an assignment of this desk included that the office has not yet taken. */
export function sayAssignee(
  line: DeskCase,
  reference: DeskReference | null,
  pending: ReadonlyMap<string, string>,
): string {
  const waiting = pending.get(line.case.id)
  if (waiting !== undefined) return t('desk.case.pending', { name: nameOf(reference, waiting) })
  return nameOf(reference, line.case.assignee_id) || t('desk.case.nobody')
}

const KNOWN_FIELDS = [
  'value',
  'kind',
  'status',
  'outcome',
  'note',
  'met',
  'party',
  'causes',
  'referrals',
  'follow_up_on',
  'follow_up_kind',
  'assignee_id',
  'occurred_at',
  'method',
] as const

export function sayField(field: string): string {
  const known = KNOWN_FIELDS.find((name) => name === field)
  return known ? t(`desk.conflicts.fields.${known}`) : t('desk.conflicts.fields.other', { field })
}

/** A value of a conflict in words. A code without a word is shown as it is, never dropped. */
export function sayValue(
  ent: string,
  field: string,
  value: FieldValue,
  reference: DeskReference | null,
): string {
  if (value === null || value === '') return t('desk.conflicts.empty')
  if (Array.isArray(value)) return value.map((code) => sayCode(ent, field, String(code))).join(', ')
  if (field === 'assignee_id') return nameOf(reference, String(value)) || t('desk.case.nobody')
  return sayCode(ent, field, String(value))
}

const VOCABULARY_OF: Readonly<Record<string, Vocabulary | undefined>> = {
  'contact.method': 'method',
  'contact.outcome': 'outcome',
  'contact.party': 'party',
  'contact.causes': 'causes',
  'contact.referrals': 'referral',
  'contact.follow_up_kind': 'follow_up',
  'contact_point.kind': 'contact_point_kind',
  'contact_point.status': 'contact_point_status',
  'case.status': 'case_status',
}

function sayCode(ent: string, field: string, code: string): string {
  const vocabulary = VOCABULARY_OF[`${ent}.${field}`]
  return vocabulary === undefined ? code : label(vocabulary, code)
}

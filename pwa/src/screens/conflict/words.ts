/** A field's value in words: a code's label, a day as people say it. */

import { listOf, shortDay } from '../../text/dates.ts'
import { label, t, type Vocabulary } from '../../text/text.ts'
import type { Value } from './rules.ts'

const VOCABULARY_BY_FIELD: Readonly<Record<string, Vocabulary>> = {
  status: 'contact_point_status',
  kind: 'contact_point_kind',
  outcome: 'outcome',
  method: 'method',
  follow_up_kind: 'follow_up',
  causes: 'causes',
  referrals: 'referral',
}

export function wordsOf(field: string, value: Value, today: string): string {
  if (value === null || value === '') return t('conflict.empty')
  const vocabulary = VOCABULARY_BY_FIELD[field]
  const say = (one: string): string => (vocabulary ? label(vocabulary, one) : one)
  if (typeof value === 'string') return field.endsWith('_on') ? shortDay(value, today) : say(value)
  if (typeof value === 'object') return listOf(value.map(say))
  return String(value)
}

const NAMED = [
  'value',
  'status',
  'kind',
  'note',
  'met',
  'follow_up_on',
  'follow_up_kind',
  'outcome',
  'assignee_id',
] as const

export function fieldName(field: string): string {
  const named = NAMED.find((one) => one === field)
  return named ? t(`conflict.fields.${named}`) : field
}

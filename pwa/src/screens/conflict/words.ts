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

export function fieldName(field: string): string {
  switch (field) {
    case 'value':
    case 'status':
    case 'kind':
    case 'note':
    case 'met':
    case 'follow_up_on':
    case 'follow_up_kind':
    case 'outcome':
    case 'assignee_id':
      return t(`conflict.fields.${field}`)
    default:
      return field
  }
}

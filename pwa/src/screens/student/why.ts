/** A student's absences in words: numbers with their meaning, never a percent alone. */

import { formatNumber } from '../../text/dates.ts'
import { language, t } from '../../text/text.ts'
import type { Standing, Submission } from '../../wire/types.gen.ts'

const UNITS_PER_DAY = 840

/** "5 of 62 school days, all unexcused". */
export function absenceSentence(standing: Standing, submission: Submission | null): string {
  const { unexcused_units, excused_units } = standing
  const all = unexcused_units + excused_units
  const session = formatNumber(submission?.days_in_session ?? 0)
  if (all === 0) return t('student.noAbsence', { session })
  const days = formatNumber(all / UNITS_PER_DAY)
  if (excused_units === 0) return t('student.allUnexcused', { days, session })
  if (unexcused_units === 0) return t('student.noneUnexcused', { days, session })
  const unexcused = formatNumber(unexcused_units / UNITS_PER_DAY)
  return t('student.someUnexcused', { days, session, unexcused })
}

/** Why the programme reaches out, as the ladder explains it; empty below the first step. */
export function reason(standing: Standing): string {
  return language() === 'es' ? standing.why_es : standing.why_en
}

/** The pill's words in the language spoken. */

import type { Status } from '../../local/ports.ts'
import { momentOf } from '../../text/dates.ts'
import { t } from '../../text/text.ts'
import type { PillWords } from './rules.ts'

export function pillText(status: Status, words: PillWords, today: string): string {
  const first = firstPart(status, words, today)
  if (!words.alsoWaiting) return first
  return t('pill.and', { first, second: t('pill.waiting', { count: status.waiting }) })
}

function firstPart(status: Status, { says }: PillWords, today: string): string {
  if (says === 'waiting') return t('pill.waiting', { count: status.waiting })
  if (says === 'needsYou') return t('pill.needsYou', { count: status.needs_you })
  if (says === 'sending') return t('pill.sending', status.sending ?? { done: 0, of: 0 })
  if (says === 'received') return t('pill.received', { time: receivedAt(status, today) })
  return t(`pill.${says}`)
}

function receivedAt({ last_received_at }: Status, today: string): string {
  return last_received_at === null ? '' : momentOf(new Date(last_received_at), today)
}

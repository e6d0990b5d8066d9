/** Refusals and faults of the door in the person's language. */
import { said, t } from '../../text/text.ts'
import { refusalOf, signInRefusal } from './refusals.ts'
import type { SecretFault } from './rules.ts'

export function sayRefusal(error: unknown): string {
  return say(refusalOf(error))
}

export function saySignInRefusal(error: unknown): string {
  return say(signInRefusal(error))
}

function say(refusal: ReturnType<typeof refusalOf>): string {
  return 'word' in refusal
    ? t(`welcome.refusals.${refusal.word}`)
    : said(refusal.detail, refusal.detailEs)
}

export function sayFault(fault: SecretFault | null, kind: 'password' | 'pin'): string {
  switch (fault) {
    case null:
      return ''
    case 'short':
      return t(kind === 'pin' ? 'welcome.secret.shortPin' : 'welcome.secret.shortPassword')
    case 'empty':
    case 'easy':
    case 'differs':
      return t(`welcome.secret.${fault}`)
  }
}

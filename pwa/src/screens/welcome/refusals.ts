/** What to say when signing in did not work: the app's own words where it knows the refusal. */
import { PortalError, ProblemError, SignedOut, Unreachable } from '../../wire/answers.ts'

const KNOWN = [
  'wrong_credentials',
  'too_many',
  'link_unknown',
  'link_used',
  'link_expired',
  'user_closed',
] as const

export type RefusalWord = (typeof KNOWN)[number] | 'portal' | 'unreachable' | 'signed_out' | 'other'

/** The server's own sentence, in Spanish too where it has one. */
export interface Said {
  readonly detail: string
  readonly detailEs: string | undefined
}

/** At the sign-in itself, a 401 speaks of the name and password just given. */
export function signInRefusal(error: unknown): ReturnType<typeof refusalOf> {
  return error instanceof SignedOut ? { word: 'wrong_credentials' } : refusalOf(error)
}

/** The key of the sentence, or the server's own sentence when there is no key for it. */
export function refusalOf(error: unknown): { word: RefusalWord } | Said {
  if (error instanceof PortalError) return { word: 'portal' }
  if (error instanceof SignedOut) return { word: 'signed_out' }
  if (error instanceof Unreachable) return { word: 'unreachable' }
  if (!(error instanceof ProblemError)) return { word: 'other' }
  const word = KNOWN.find((code) => code === error.code)
  if (word !== undefined) return { word }
  const { detail, detail_es } = error.problem
  return detail === '' ? { word: 'other' } : { detail, detailEs: detail_es }
}

/** Whether the server refused who signs in, rather than not having been reached. */
export function isRefused(error: unknown): boolean {
  const refusal = signInRefusal(error)
  return 'word' in refusal && refusal.word === 'wrong_credentials'
}

/** Whether an invitation can never work again: asking once more would not help. */
export function isLinkGone(error: unknown): boolean {
  return error instanceof ProblemError && error.code.startsWith('link_')
}

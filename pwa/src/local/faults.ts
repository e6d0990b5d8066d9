/** What a failed exchange says of the line to the server. */
import type { Connection } from '../outbox/status.ts'
import { PortalError, ProblemError, SignedOut, Unreachable } from '../wire/answers.ts'

/** Signed out, or signed in as somebody whose device this is not: the session does not serve here. */
export function isSignedOut(fault: unknown): boolean {
  return fault instanceof SignedOut || (fault instanceof ProblemError && fault.status === 403)
}

export function connectionOf(fault: unknown): Connection {
  if (fault instanceof PortalError) return 'portal'
  if (fault instanceof Unreachable) return 'offline'
  return fault instanceof ProblemError ? 'offline' : 'unknown'
}

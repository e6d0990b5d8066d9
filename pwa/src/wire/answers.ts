/** What can come back instead of an answer. Each is told apart, since each asks for something else. */
import type { Problem } from './types.gen.ts'

/** No answer at all: no network, a stopped server, a gateway in between, or the time ran out. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** Somebody else answered: the sign-in page of a Wi-Fi, a filter, a proxy. */
export class PortalError extends Error {
  override readonly name = 'PortalError'
}

/** The session is over. What waits in the outbox stays, and still goes out by the delivery token. */
export class SignedOut extends Error {
  override readonly name = 'SignedOut'
}

/** The server refused, and says why in one sentence for a person. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem
  /** How long the server asks to be left alone; 0 when it does not say. */
  readonly retry_ms: number

  constructor(problem: Problem, retryMs = 0) {
    super(problem.detail === '' ? problem.title : problem.detail)
    this.problem = problem
    this.retry_ms = retryMs
  }

  /** Stable, part of the API: what a screen may decide by. */
  get code(): string {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }
}

/**
 * Asks the server, once a day and when a person wants to know, whether this phone holds what it
 * should. Roots that differ are forgotten, and the next pull brings them whole.
 */
import type { State } from '../outbox/apply.ts'
import { digestsOf, without } from '../outbox/verify.ts'
import { PROTO, SCHEMA } from '../wire/client.ts'
import type { VerifyReq } from '../wire/types.gen.ts'
import { Locked, sha256, type Core } from './core.ts'
import type { Checked } from './ports.ts'

const DAY_MS = 86_400_000

export class Verifier {
  readonly #core: Core
  #isAsked = false
  #last: Checked = 'unknown'
  /** Whatever came of it, it is not tried twice a day by itself. */
  #triedAt = ''

  constructor(core: Core) {
    this.#core = core
  }

  /** The next complete pull is followed by a check, however lately there was one. */
  ask(): void {
    this.#isAsked = true
    this.#last = 'unknown'
  }

  /** What came of the check that was asked for. */
  get last(): Checked {
    return this.#last
  }

  /**
   * To be called right after a complete pull. True when roots were forgotten and are to be pulled
   * again. A server that cannot tell changes nothing.
   */
  async afterPull(): Promise<boolean> {
    if (!(await this.#isDue())) return false
    this.#isAsked = false
    this.#triedAt = this.#core.state.place.heard_at ?? ''
    try {
      const isHealed = await this.#verify()
      this.#last = isHealed ? 'healed' : 'same'
      return isHealed
    } catch (fault) {
      if (fault instanceof Locked) throw fault
      return false
    }
  }

  /** By the server's clock alone: this phone's may be a year wrong. */
  async #isDue(): Promise<boolean> {
    const { store, state } = this.#core
    if (this.#isAsked) return true
    const verifiedAt = await store.verifiedAt()
    const latest = verifiedAt > this.#triedAt ? verifiedAt : this.#triedAt
    const heardAt = state.place.heard_at
    return heardAt !== null && (latest === '' || since(latest, heardAt) >= DAY_MS)
  }

  async #verify(): Promise<boolean> {
    const { platform, store, state } = this.#core
    const body = await requestFor(state)
    const { epoch, differ } = await platform.client.call('POST /sync/v1/verify', { body })
    let isHealed = false
    await this.#core.change((now) => {
      const healed = epoch === body.epoch && isSamePlace(now, body) ? without(now, differ) : now
      isHealed = healed !== now
      return healed
    })
    await store.saveVerifiedAt(this.#core.state.place.heard_at ?? '')
    return isHealed
  }
}

async function requestFor({ place, rows }: State): Promise<VerifyReq> {
  const { device, epoch, cursor, held } = place
  const digests = await digestsOf(sha256, rows, held)
  return { proto: PROTO, schema: SCHEMA, device, epoch, cursor, held, digests }
}

/** Rows change with the cursor only: an answer about another place says nothing of these. */
function isSamePlace({ place }: State, asked: VerifyReq): boolean {
  return place.cursor === asked.cursor && place.epoch === asked.epoch
}

function since(earlier: string, later: string): number {
  return Date.parse(later) - Date.parse(earlier)
}

/**
 * Talks to the server: sends the oldest unsent deeds and fetches in the same exchange, again while
 * there is more. Only one tab does. Every failure keeps everything and tries later.
 */
import { waitMs } from '../outbox/backoff.ts'
import { isUnsent, type Mutation } from '../outbox/entry.ts'
import { closeGap, joinAnew, moveTo, setAside } from '../outbox/renumber.ts'
import { ProblemError } from '../wire/answers.ts'
import type { SyncRes } from '../wire/types.gen.ts'
import { Locked, type Core, type Taken } from './core.ts'
import { deliver, sendLock, speakerOf } from './deliver.ts'
import { connectionOf, isSignedOut } from './faults.ts'
import type { Checked } from './ports.ts'
import { exchangeFor, isLong, MOST_MUTATIONS } from './request.ts'
import { hasMoved, unsent } from './moved.ts'
import { Verifier } from './verifier.ts'

/** How often to ask for news while all is well. */
const NEWS_MS = 2 * 60_000
/** Exchanges without any effect before a round gives up for now. */
const MOST_IDLE = 3

type Step = 'again' | 'done' | 'later'

export class Engine {
  readonly #core: Core
  readonly #verifier: Verifier
  #running: Promise<void> | null = null
  #isWanted = false
  #failures = 0
  #most = MOST_MUTATIONS
  /** Rows that come can be stored here; else only what waits is sent. */
  #hasRoom = true
  #isStopped = false
  #callOff: () => void = () => undefined
  readonly #unhear: () => void

  constructor(core: Core) {
    this.#core = core
    this.#verifier = new Verifier(core)
    this.#unhear = core.platform.onChance(() => void this.sync())
  }

  /** Send and fetch now; when it is under way already, once more after that. Never rejects. */
  async sync(): Promise<void> {
    this.#isWanted = true
    this.#running ??= this.#rounds().finally(() => {
      this.#running = null
    })
    await this.#running
  }

  /** Sync, and have the server judge what this phone holds. Never rejects. */
  async check(): Promise<Checked> {
    this.#verifier.ask()
    await this.sync()
    return this.#verifier.last
  }

  stop(): void {
    this.#isStopped = true
    this.#callOff()
    this.#unhear()
  }

  async #rounds(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false
      const { platform, store } = this.#core
      const retryMs = await platform.alone(sendLock(store.db.name), false, () => this.#round())
      this.#wait(retryMs)
    }
  }

  /** Exchanges until there is nothing more to do. Answers how long to wait at least; null: no hurry. */
  async #round(): Promise<number | null> {
    const core = this.#core
    this.#callOff()
    try {
      await core.refresh()
      core.setLine({ sending_of: unsent(core), next_try_at: null })
      const retryMs = await this.#exchanges()
      if (retryMs === null) this.#failures = 0
      return retryMs
    } catch (fault) {
      return await this.#failed(fault)
    } finally {
      core.setLine({ sending_of: null })
    }
  }

  async #exchanges(): Promise<number | null> {
    let idle = 0
    this.#hasRoom = true
    while (!this.#isStopped && idle < MOST_IDLE) {
      const before = this.#core.state
      const answer = await this.#exchanged()
      if (answer === null) continue
      const taken = await this.#core.take(answer)
      this.#core.setLine({ connection: 'online' })
      const step = await this.#next(answer, taken)
      if (step === 'later') return this.#later(answer.retry_ms)
      if (step === 'done' && !(await this.#isToHeal(answer))) return null
      idle = hasMoved(this.#core, before) ? 0 : idle + 1
    }
    return this.#later(0)
  }

  /** After a complete pull the server may judge what is held; what differs is pulled again. */
  async #isToHeal({ stop, pull }: SyncRes): Promise<boolean> {
    return stop === '' && pull?.more === false && (await this.#verifier.afterPull())
  }

  /** One exchange; null when it was too long for the server and is to be tried with half. */
  async #exchanged(): Promise<SyncRes | null> {
    const { platform, state } = this.#core
    const speaker = speakerOf(platform)
    const request = exchangeFor(state, speaker, this.#most, this.#hasRoom)
    try {
      const answer = await platform.client.exchange(request)
      this.#most = MOST_MUTATIONS
      return answer
    } catch (fault) {
      if (!(fault instanceof ProblemError) || fault.status !== 413) throw fault
      const sent = request.muts as readonly Mutation[]
      if (sent.length < 2) await this.#setAside(sent[0], fault)
      else this.#most = Math.ceil(sent.length / 2)
      return null
    }
  }

  /** What is too long even alone is told to its author, and nothing waits behind it. */
  async #setAside(alone: Mutation | undefined, fault: ProblemError): Promise<void> {
    if (!alone || !isLong(alone)) throw fault
    await this.#core.change((state) => {
      const found = state.entries.find((entry) => entry.id === alone.id && isUnsent(entry))
      if (!found) return state
      const { entries, next_n } = setAside(state.entries, found)
      return { ...state, place: { ...state.place, next_n }, entries }
    })
  }

  async #next(answer: SyncRes, taken: Taken): Promise<Step> {
    if (taken === 'no_room') this.#hasRoom = false
    switch (answer.stop) {
      case 'gap':
        await this.#closeGap(answer.next_n)
        return 'again'
      case 'fork':
        await this.#becomeAnother(moveTo)
        return 'again'
      case 'busy':
        return 'later'
      case 'revoked':
        return this.#revoked()
      case '':
        return taken === 'stale' ? 'again' : this.#rest(answer)
    }
  }

  /** Taken off the list: what waits stays here until its person signs in anew, if he ever does. */
  async #revoked(): Promise<Step> {
    if (await this.#joins(moveTo)) return 'again'
    this.#core.setLine({ connection: 'revoked' })
    return 'done'
  }

  #rest(answer: SyncRes): Step {
    if (unsent(this.#core) > 0) return 'again'
    if (!this.#hasRoom) return 'later'
    return answer.pull?.more === true ? 'again' : 'done'
  }

  async #closeGap(serverNext: number): Promise<void> {
    await this.#core.change((state) => {
      const { device, next_n } = state.place
      const closed = closeGap(state.entries, device, serverNext, next_n)
      const place = { ...state.place, next_n: closed.next_n }
      return { ...state, place, entries: closed.entries }
    })
  }

  /** Another profile has used this device's numbers, or they are gone: go on under a new device. */
  async #becomeAnother(way: typeof moveTo): Promise<void> {
    const { platform } = this.#core
    const body = { label: '', build: platform.build }
    const keys = await platform.client.call('POST /api/devices', { body })
    await this.#core.becomeAnother(keys, way)
  }

  async #failed(fault: unknown): Promise<number | null> {
    if (fault instanceof Locked) return null
    if (isSignedOut(fault)) {
      return (await this.#hasJoinedAnew(fault)) ? this.#later(0) : this.#deliverSealed()
    }
    this.#core.setLine({ connection: connectionOf(fault) })
    return this.#later(fault instanceof ProblemError ? fault.retry_ms : 0)
  }

  /** A server put back from a backup that was made before this phone joined does not know it. */
  async #hasJoinedAnew(fault: unknown): Promise<boolean> {
    const isUnknown = fault instanceof ProblemError && fault.code === 'not_your_device'
    return isUnknown && (await this.#joins(joinAnew))
  }

  /** The same person joins once more: of a revoked phone he signed in anew. Somebody else never does. */
  async #joins(way: typeof moveTo): Promise<boolean> {
    const { platform, holder } = this.#core
    try {
      const me = await platform.client.call('GET /api/session')
      if (me.id !== holder.user_id) return false
      await this.#becomeAnother(way)
      return true
    } catch {
      return false
    }
  }

  /** Without a session what waits still goes out, sealed, by the delivery token. */
  async #deliverSealed(): Promise<number | null> {
    const { platform, store } = this.#core
    this.#core.setLine({ connection: 'signed_out' })
    if (unsent(this.#core) === 0) return null
    try {
      const left = await deliver(platform, store.db)
      await this.#core.refresh()
      return left > 0 ? this.#later(0) : null
    } catch (fault) {
      if (!isSignedOut(fault)) this.#core.setLine({ connection: connectionOf(fault) })
      return this.#later(0)
    }
  }

  #later(retryMs: number): number {
    this.#failures += 1
    return waitMs(this.#failures, retryMs, this.#core.platform.chance())
  }

  #wait(retryMs: number | null): void {
    this.#callOff()
    if (this.#isStopped || this.#isWanted) return
    const { platform } = this.#core
    const ms = retryMs ?? NEWS_MS
    if (retryMs !== null) {
      const next = new Date(platform.now().getTime() + ms).toISOString()
      this.#core.setLine({ next_try_at: next })
    }
    this.#callOff = platform.after(ms, () => void this.sync())
  }
}

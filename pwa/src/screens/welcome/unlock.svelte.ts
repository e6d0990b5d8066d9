/** Opening one person's store: wrong secrets wait longer and longer, and destroy nothing. */
import { WrongSecret, type Phone, type PhoneLocker } from '../../local/ports.ts'
import { waitAfter } from './rules.ts'

/** Kept while the app runs, so that leaving this screen and coming back shortens no wait. */
// Nothing on screen follows it: `left` does, by its ticks.
// eslint-disable-next-line svelte/prefer-svelte-reactivity
const tries = new Map<string, { wrong: number; until: number }>()

export interface UnlockDeps {
  readonly locker: PhoneLocker
  /** Ticks, so that the remaining seconds count down. */
  readonly now: () => Date
}

export class Unlocking {
  says = $state<'' | 'wrong' | 'failed' | 'cancelled'>('')
  isBusy = $state(false)
  /** Seconds still to wait. */
  left = $state(0)
  readonly #userId: string
  readonly #deps: UnlockDeps

  constructor(userId: string, deps: UnlockDeps) {
    this.#userId = userId
    this.#deps = deps
    this.tick()
  }

  /** Call each second. */
  tick(): void {
    const until = tries.get(this.#userId)?.until ?? 0
    this.left = Math.max(0, Math.ceil((until - this.#deps.now().getTime()) / 1000))
  }

  /** The open phone, or null when the secret did not open it. */
  async open(secret: { pin: string } | { passkey: true }): Promise<Phone | null> {
    if (this.isBusy || this.left > 0) return null
    this.isBusy = true
    this.says = ''
    try {
      const phone = await this.#deps.locker.unlock(this.#userId, secret)
      tries.delete(this.#userId)
      return phone
    } catch (error) {
      this.refused(error, 'pin' in secret)
      return null
    } finally {
      this.isBusy = false
    }
  }

  private refused(error: unknown, isPin: boolean): void {
    if (!(error instanceof WrongSecret)) {
      this.says = isPin ? 'failed' : 'cancelled'
      return
    }
    this.says = isPin ? 'wrong' : 'cancelled'
    if (!isPin) return
    const wrong = (tries.get(this.#userId)?.wrong ?? 0) + 1
    tries.set(this.#userId, { wrong, until: this.#deps.now().getTime() + waitAfter(wrong) * 1000 })
    this.tick()
  }
}

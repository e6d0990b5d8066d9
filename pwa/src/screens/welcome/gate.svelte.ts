/** Which question stands at the door: an invitation, sign-in, set-up, or unlocking. */
import type { Phone, PhoneLocker } from '../../local/ports.ts'
import { SignedOut } from '../../wire/answers.ts'
import type { Client } from '../../wire/client.ts'
import type { Me } from '../../wire/types.gen.ts'
import { readSession } from './api.ts'

export type Holder = Awaited<ReturnType<PhoneLocker['holders']>>[number]

export type Door =
  | { readonly at: 'looking' }
  | { readonly at: 'sign_in'; readonly isOffline: boolean }
  | { readonly at: 'set_up'; readonly me: Me }
  | { readonly at: 'unlock'; readonly userId: string | null }
  /** Signed in again, because the PIN is gone; the old store still holds unsent work. */
  | { readonly at: 'forgot'; readonly me: Me }

export interface GateDeps {
  readonly client: Client
  readonly locker: PhoneLocker
  readonly open: (phone: Phone) => Promise<void>
}

export class Gate {
  door = $state.raw<Door>({ at: 'looking' })
  holders = $state.raw<readonly Holder[]>([])
  /** Set while somebody who forgot the PIN signs in: then that store's PIN is renewed. */
  #isForgotten = false
  readonly #deps: GateDeps

  constructor(deps: GateDeps) {
    this.#deps = deps
  }

  /** Begin with what this device knows: its stores first, since they open without a network. */
  async begin(): Promise<void> {
    this.holders = await this.#deps.locker.holders()
    if (this.holders.length > 0) this.unlock(null)
    else await this.askServer()
  }

  unlock(userId: string | null): void {
    this.#isForgotten = false
    const only = this.holders.length === 1 ? (this.holders[0]?.user_id ?? null) : null
    this.door = { at: 'unlock', userId: userId ?? only }
  }

  signIn(isForgotten = false): void {
    this.#isForgotten = isForgotten
    this.door = { at: 'sign_in', isOffline: false }
  }

  /** The server knows who somebody is; now his store here is made or opened. */
  async signedIn(me: Me): Promise<void> {
    this.holders = await this.#deps.locker.holders()
    const has = this.holders.some(({ user_id }) => user_id === me.id)
    if (!has) this.door = { at: 'set_up', me }
    else if (this.#isForgotten) this.door = { at: 'forgot', me }
    else this.unlock(me.id)
  }

  /** Lay the old store down. Refused while unsent work is in it, here and by the locker itself. */
  async renew(me: Me): Promise<void> {
    if ((await this.#deps.locker.unsent(me.id)) > 0) return
    await this.#deps.locker.remove(me.id, false)
    this.door = { at: 'set_up', me }
  }

  opened(phone: Phone): Promise<void> {
    return this.#deps.open(phone)
  }

  private async askServer(): Promise<void> {
    try {
      await this.signedIn(await readSession(this.#deps.client))
    } catch (error) {
      this.door = { at: 'sign_in', isOffline: !(error instanceof SignedOut) }
    }
  }
}

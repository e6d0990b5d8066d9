/** What every screen may ask for: the open phone, the clock, ids, preferences. Handed down by context. */

import { createContext, untrack } from 'svelte'

import type { Phone, PhoneLocker } from '../../local/ports.ts'
import { bestLanguage, speak } from '../../text/text.ts'
import type { Client } from '../../wire/client.ts'
import { live, ticking } from './live.ts'
import type { Preferences, Theme } from './preferences.ts'
import type { Router } from './router.svelte.ts'

export interface Services {
  readonly locker: PhoneLocker
  /** The desk and the door ask `/api`; writing goes through the phone. */
  readonly client: Client
  /** Which build of the app this is, as phones tell the office. */
  readonly build: string
  /** A fresh UUIDv7. */
  readonly newId: () => string
  readonly now: () => Date
  readonly loadPreferences: () => Promise<Preferences>
  readonly savePreferences: (preferences: Preferences) => Promise<void>
  /** Hand a number to the phone's own dialler. */
  readonly dial: (number: string) => void
  /** Keeps new versions of the app waiting, in every tab, until the answer is called. */
  readonly holdBack: () => () => void
}

/** A short word about what was just done, with the way to take it back. */
export interface Flash {
  readonly text: string
  readonly undo?: (() => void) | undefined
}

const FLASH_MS = 8_000

export class Session {
  readonly router: Router
  readonly services: Services
  /** The time now, followed by whoever reads it. */
  readonly now: () => Date
  readonly newId: () => string
  theme = $state<Theme>('auto')
  /** The warning about storage was read, until the app is opened anew. */
  hasSeenPersist = $state(false)
  /** What was just done, said once. */
  flash = $state.raw<Flash | null>(null)
  #phone = $state.raw<Phone | null>(null)
  /** Forms with words in them that are not saved as a deed yet: a new version waits for them. */
  #dirty = $state(0)

  constructor(services: Services, router: Router) {
    this.services = services
    this.router = router
    this.now = ticking(services.now)
    this.newId = services.newId
  }

  get phone(): Phone | null {
    return this.#phone
  }

  get isDirty(): boolean {
    return this.#dirty > 0
  }

  /** Call in an effect: it is dirty until the answer is called. */
  markDirty(): () => void {
    const release = this.services.holdBack()
    untrack(() => (this.#dirty += 1))
    return () => {
      this.#dirty -= 1
      release()
    }
  }

  /** Say that something was done; it goes by itself. */
  say(text: string, undo?: () => void): void {
    const flash = { text, undo }
    this.flash = flash
    setTimeout(() => {
      if (this.flash === flash) this.flash = null
    }, FLASH_MS)
  }

  /** Show this person's work from now on. Called by the screens of the door. */
  async open(phone: Phone): Promise<void> {
    const { language } = await this.services.loadPreferences()
    await speak(language ?? bestLanguage([phone.holder.language]))
    this.#phone = live(phone)
  }

  /** Forget the key: no name is left on the screen. Unsent work stays, sealed. */
  lock(): void {
    this.#phone?.lock()
    this.#phone = null
    this.flash = null
  }

  async begin(browserLanguages: readonly string[]): Promise<void> {
    const { language, theme } = await this.services.loadPreferences()
    this.theme = theme
    await speak(language ?? bestLanguage(browserLanguages))
  }

  async prefer(change: Partial<Preferences>): Promise<void> {
    const preferences = { ...(await this.services.loadPreferences()), ...change }
    this.theme = preferences.theme
    if (preferences.language !== null) await speak(preferences.language)
    await this.services.savePreferences(preferences)
  }
}

export type { Preferences, Theme }

export const [useSession, provideSession] = createContext<Session>()

/** The open phone. Only for screens whose route needs one. */
export function usePhone(): Phone {
  const { phone } = useSession()
  if (phone === null) throw new Error('This screen was shown without an open phone')
  return phone
}

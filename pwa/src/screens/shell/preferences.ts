/** What is believed of kept preferences: anything strange is the default. Pure. */

import type { Language } from '../../text/text.ts'

export type Theme = 'auto' | 'light' | 'dark' | 'sun'

export interface Preferences {
  /** Null: as the person's account, else as the browser has it. */
  readonly language: Language | null
  readonly theme: Theme
}

export const THEMES: readonly Theme[] = ['auto', 'light', 'dark', 'sun']

export function asPreferences(kept: unknown): Preferences {
  const { language, theme } = (kept ?? {}) as Readonly<Record<string, unknown>>
  return {
    language: language === 'en' || language === 'es' ? language : null,
    theme: THEMES.find((one) => one === theme) ?? 'auto',
  }
}

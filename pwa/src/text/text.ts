/** Says things in the person's language: typed keys, each language loaded when it is first needed. */

import { createInstance } from 'i18next'
import { createSubscriber } from 'svelte/reactivity'

import { en } from './en.ts'

export type Language = 'en' | 'es'

/** Each language by its own name, as a person looks for it. */
export const LANGUAGES: readonly { readonly value: Language; readonly label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'es', label: 'Español' },
]

type PluralClass = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other'
type PluralStem<K> = K extends `${infer Stem}_${PluralClass}` ? Stem : never

/** The shape of every language: all English keys, and whatever plural classes its grammar has. */
export type Texts = TextsLike<typeof en>

/** The same for one namespace: `es/today.ts` is `TextsLike<typeof today>`. */
export type TextsLike<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : TextsLike<T[K]>
} & { readonly [K in `${PluralStem<keyof T>}_${PluralClass}`]?: string }

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
  }
}

const load: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  es: async () => (await import('./es.ts')).es,
}

const i18n = createInstance()
void i18n.init({
  initAsync: false,
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false }, // Svelte escapes what it shows
})

const subscribe = createSubscriber((changed) => {
  i18n.on('languageChanged', changed)
  return () => {
    i18n.off('languageChanged', changed)
  }
})

/** The text of a key in the language now spoken. Svelte shows it anew when the language changes. */
export const t: typeof i18n.t = new Proxy(i18n.t, {
  apply(say, _self, asked): unknown {
    subscribe()
    return Reflect.apply(say, i18n, asked)
  },
})

export type Vocabulary = keyof typeof en.vocabulary

/**
 * The word for a code. A code this version does not know is shown as it is: a newer server may
 * send one, and it is never dropped.
 */
export function label(vocabulary: Vocabulary, code: string): string {
  subscribe()
  const found: unknown = i18n.getResource(
    i18n.language,
    'translation',
    `vocabulary.${vocabulary}.${code}`,
  )
  return typeof found === 'string' ? found : code
}

/** Whether there is a word for the code, for vocabularies that a newer server may have grown. */
export function hasLabel(vocabulary: Vocabulary, code: string): boolean {
  return i18n.exists(`vocabulary.${vocabulary}.${code}`)
}

/** The language now spoken, for `lang=` and for Intl. */
export function language(): Language {
  subscribe()
  return i18n.language === 'es' ? 'es' : 'en'
}

/** What the office says in both languages, in ours; in English where it has no other words. */
export function said(en: string, es: string | undefined): string {
  return language() === 'es' && es ? es : en
}

/** What of these tags we speak, `en` when none: `es-MX` is `es`. */
export function bestLanguage(tags: readonly string[]): Language {
  const known = tags.map((tag) => tag.slice(0, 2).toLowerCase())
  return known.find((tag) => tag === 'en' || tag === 'es') ?? 'en'
}

/** Speak another language from now on; fetches its texts once. */
export async function speak(wanted: Language): Promise<void> {
  i18n.addResourceBundle(wanted, 'translation', await load[wanted]())
  await i18n.changeLanguage(wanted)
}

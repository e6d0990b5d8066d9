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

/**
 * Every text by its whole key, a plural's by its stem as well. Written out here, since i18next's own
 * types say the same at twenty times the price, in every file that says something.
 */
type Flat<T, Before extends string = ''> = {
  [K in keyof T & string]: T[K] extends string
    ? readonly [`${Before}${K | PluralStem<K>}`, T[K]]
    : Flat<T[K], `${Before}${K}.`>
}[keyof T & string]
type TextByKey = { readonly [Pair in Flat<typeof en> as Pair[0]]: Pair[1] }

/** What a text leaves open: a plural's `count`, and the names in its braces. */
type OpenIn<S> = S extends `${string}{{${infer Name}}}${infer Rest}` ? Name | OpenIn<Rest> : never
type Filling<K extends keyof TextByKey> = Readonly<
  Record<Exclude<OpenIn<TextByKey[K]>, 'count'>, string | number> &
    ('count' extends OpenIn<TextByKey[K]> ? { count: number } : unknown)
>
type Say = <const K extends keyof TextByKey>(
  key: K,
  ...filling: [OpenIn<TextByKey[K]>] extends [never]
    ? [Readonly<Record<string, unknown>>?]
    : [Filling<K> & Readonly<Record<string, unknown>>]
) => string

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
export const t: Say = (key, ...filling) => {
  subscribe()
  const name: string = key
  return i18n.t(name, { ...filling[0] })
}

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

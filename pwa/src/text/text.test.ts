import assert from 'node:assert/strict'
import { test } from 'node:test'

import { en } from './en.ts'
import { es } from './es.ts'
import { language, speak, t } from './text.ts'

test('a count chooses the form of the word', async () => {
  await speak('en')

  assert.equal(t('outbox.waiting', { count: 1 }), '1 waiting')
  assert.equal(t('outbox.waiting', { count: 3 }), '3 waiting')
})

test('another language is loaded when it is first spoken', async () => {
  await speak('es')

  assert.equal(language(), 'es')
  assert.equal(t('outbox.waiting', { count: 3 }), '3 en espera')
})

test('every language has the forms its own grammar asks for', () => {
  for (const [name, texts] of Object.entries({ en, es })) {
    const forms = new Intl.PluralRules(name).resolvedOptions().pluralCategories
    const keys = keysOf(texts)
    for (const key of keys.filter((key) => key.endsWith('_other'))) {
      const stem = key.slice(0, -'_other'.length)
      assert.deepEqual(
        forms.filter((form) => !keys.includes(`${stem}_${form}`)),
        [],
        `${name}: ${stem}`,
      )
    }
  }
})

function keysOf(texts: object, above = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? keysOf(value, `${above}${key}.`)
      : [`${above}${key}`],
  )
}

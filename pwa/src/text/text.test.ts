import assert from 'node:assert/strict'
import { test } from 'node:test'

import { en } from './en.ts'
import { es } from './es.ts'
import { language, speak, t } from './text.ts'

test('a count chooses the form of the word', async () => {
  await speak('en')

  assert.equal(t('pill.waiting', { count: 1 }), '1 waiting')
  assert.equal(t('pill.needsYou', { count: 1 }), '1 needs you')
  assert.equal(t('pill.needsYou', { count: 3 }), '3 need you')
})

test('another language is loaded when it is first spoken', async () => {
  await speak('es')

  assert.equal(language(), 'es')
  assert.equal(t('pill.waiting', { count: 3 }), '3 en espera')
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

test('both languages say the same things', () => {
  assert.deepEqual(stemsOf(es), stemsOf(en))
})

test('both languages name the same parts in a sentence', () => {
  const spanish = new Map(entriesOf(es))
  for (const [key, text] of entriesOf(en)) {
    assert.deepEqual(partsOf(spanish.get(key) ?? ''), partsOf(text), key)
  }
})

function partsOf(text: string): string[] {
  const parts = [...text.matchAll(/{{(\w+)}}/g)].map((found) => found[1] ?? '')
  return [...new Set(parts)].sort()
}

function stemsOf(texts: object): string[] {
  const stems = keysOf(texts).map((key) => key.replace(/_(zero|one|two|few|many|other)$/, '_n'))
  return [...new Set(stems)].sort()
}

function keysOf(texts: object): string[] {
  return entriesOf(texts).map(([key]) => key)
}

function entriesOf(texts: object, above = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? entriesOf(value, `${above}${key}.`)
      : [[`${above}${key}`, String(value)] as [string, string]],
  )
}

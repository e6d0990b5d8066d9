import assert from 'node:assert/strict'
import { test } from 'node:test'

import { speak } from '../../text/text.ts'
import { sayAsOf } from './as-of.ts'

const TODAY = '2026-03-09'

test('a screen says how far the school records reach', async () => {
  await speak('en')
  assert.equal(sayAsOf(['2026-03-03', null, '2026-03-03'], TODAY), 'School records up to Mar 3.')
  await speak('es')
  assert.equal(sayAsOf(['2026-03-03'], TODAY), 'Registros de la escuela hasta el 3 mar.')
  await speak('en')
})

test('schools that have told differently far give both ends', async () => {
  await speak('en')
  assert.equal(
    sayAsOf(['2026-03-06', '2026-02-27'], TODAY),
    'School records up to Feb 27 in the school furthest behind, Mar 6 in the latest.',
  )
})

test('where nothing is known nothing is said', () => {
  assert.equal(sayAsOf([null, undefined], TODAY), '')
})

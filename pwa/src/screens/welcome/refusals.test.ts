import assert from 'node:assert/strict'
import { test } from 'node:test'

import { PortalError, ProblemError, SignedOut, Unreachable } from '../../wire/answers.ts'
import { isLinkGone, refusalOf, signInRefusal } from './refusals.ts'

const problem = (code: string, detail = '') =>
  new ProblemError({
    type: 'about:blank',
    title: 'Refused',
    status: 409,
    code,
    detail,
    detail_es: '',
    faults: [],
    trace_id: '',
  })

test('a refusal is told in the app’s own words where it has them', () => {
  assert.deepEqual(refusalOf(problem('wrong_credentials', 'No.')), { word: 'wrong_credentials' })
  assert.deepEqual(refusalOf(new Unreachable()), { word: 'unreachable' })
  assert.deepEqual(refusalOf(new PortalError()), { word: 'portal' })
})

test('a refusal the app does not know is told in the server’s words', () => {
  assert.deepEqual(refusalOf(problem('brand_new', 'The moon is full.')), {
    detail: 'The moon is full.',
    detailEs: '',
  })
  assert.deepEqual(refusalOf(problem('brand_new')), { word: 'other' })
  assert.deepEqual(refusalOf(new Error('bug')), { word: 'other' })
})

test('a spent link is told apart from a bad connection', () => {
  assert.ok(isLinkGone(problem('link_used')))
  assert.ok(!isLinkGone(new Unreachable()))
})

test('a wrong password is told as such, and not as a session that ended', () => {
  assert.deepEqual(signInRefusal(new SignedOut()), { word: 'wrong_credentials' })
  assert.deepEqual(refusalOf(new SignedOut()), { word: 'signed_out' })
  assert.deepEqual(signInRefusal(new Unreachable()), { word: 'unreachable' })
})

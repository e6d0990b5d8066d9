import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

import {
  checkPassword,
  checkPin,
  deviceLabel,
  initials,
  installHint,
  invitationToken,
  waitAfter,
} from './rules.ts'

test('a password is long enough, and typed the same twice', () => {
  assert.equal(checkPassword('', ''), 'empty')
  assert.equal(checkPassword('elevenchars', 'elevenchars'), 'short')
  assert.equal(checkPassword('the red bus at six', 'the red bus at sic'), 'differs')
  assert.equal(checkPassword('the red bus at six', 'the red bus at six'), null)
})

test('a PIN has eight digits, a phrase twelve characters', () => {
  assert.equal(checkPin('4826197', '4826197'), 'short')
  assert.equal(checkPin('48261973', '48261973'), null)
  assert.equal(checkPin('blue heron', 'blue heron'), 'short')
  assert.equal(checkPin('blue heron sky', 'blue heron sky'), null)
  assert.equal(checkPin('48261973', '48261937'), 'differs')
})

test('a PIN that anybody would try first is not taken', () => {
  for (const pin of ['11111111', '12345678', '87654321', '23456789', '12121212']) {
    assert.equal(checkPin(pin, pin), 'easy', pin)
  }
})

test('wrong PINs wait longer and longer, and never for ever', () => {
  fc.assert(
    fc.property(fc.nat(1000), (count) => {
      assert.ok(waitAfter(count) <= waitAfter(count + 1))
      assert.ok(waitAfter(count) <= 300)
    }),
  )
  assert.equal(waitAfter(2), 0)
  assert.ok(waitAfter(3) > 0)
})

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'
const ANDROID =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36'
const DESK =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

test('the install hint is for phones that have not installed the app', () => {
  assert.equal(installHint(IPHONE, false), 'ios')
  assert.equal(installHint(IPHONE, true), 'none')
  assert.equal(installHint(ANDROID, false), 'android')
  assert.equal(installHint(DESK, false), 'none')
})

test('a device is first named after its browser and its make', () => {
  assert.equal(deviceLabel(IPHONE), 'Safari, iPhone')
  assert.equal(deviceLabel(ANDROID), 'Chrome, Android')
  assert.equal(deviceLabel(DESK), 'Chrome, Linux')
  assert.equal(deviceLabel('curl/8'), '')
})

test('who shares a device is told apart by initials', () => {
  assert.equal(initials('Ofelia  Brannigan'), 'OB')
  assert.equal(initials(''), '')
})

test('only an invitation link carries a token', () => {
  assert.equal(invitationToken('#/invite/abcdefghij-_0123456'), 'abcdefghij-_0123456')
  assert.equal(invitationToken('#/invite/short'), null)
  assert.equal(invitationToken('#/today'), null)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { noticeOf } from './notice.ts'

const HOME = 'https://presente.example'

test('a declarative message is shown as it says', () => {
  const notification = {
    title: 'Presente',
    body: 'A case is waiting',
    navigate: `${HOME}/#/case/0190`,
    tag: 'case',
    lang: 'es',
  }

  assert.deepEqual(noticeOf(JSON.stringify({ web_push: 8030, notification }), HOME), {
    ...notification,
    navigate: '/#/case/0190',
  })
})

test('whatever arrives, something is shown, and it leads home', () => {
  for (const payload of [
    '',
    'x',
    'null',
    '[]',
    '{"notification":7}',
    '{"notification":{"title":5}}',
  ]) {
    const notice = noticeOf(payload, HOME)
    assert.equal(notice.title, 'Presente')
    assert.equal(notice.navigate, '/')
  }
})

test('a notification never leads to another site', () => {
  for (const navigate of ['https://elsewhere.example/#/x', '//elsewhere.example', 'javascript:0']) {
    assert.equal(noticeOf(JSON.stringify({ notification: { navigate } }), HOME).navigate, '/')
  }
})

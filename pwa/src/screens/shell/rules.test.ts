import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Status } from '../../local/ports.ts'
import { speak } from '../../text/text.ts'
import { pillText } from './pill.ts'
import { asPreferences } from './preferences.ts'
import { find, homeOf, match, pillWords } from './rules.ts'

const quiet: Status = {
  connection: 'online',
  waiting: 0,
  sending: null,
  needs_you: 0,
  last_received_at: '2026-11-20T14:02:00',
  update_ready: false,
  next_try_at: null,
}

function says(change: Partial<Status>): string {
  const status = { ...quiet, ...change }
  return pillText(status, pillWords(status), '2026-11-20')
}

test('an address names its screen and its parts', () => {
  assert.deepEqual(match('/s/:root/contact/:draft', '/s/s1/contact/d1'), {
    root: 's1',
    draft: 'd1',
  })
  assert.equal(match('/s/:root', '/s/'), null)
  assert.equal(match('/today', '/students'), null)
  assert.equal(find([{ path: '/today' }, { path: '/s/:root' }], '/s/s1')?.route.path, '/s/:root')
})

test('an advisor begins with Today, a coordinator at the desk', () => {
  assert.equal(homeOf('advisor'), '/today')
  assert.equal(homeOf('coordinator'), '/desk')
})

test('the pill has the same words everywhere', async () => {
  await speak('en')

  assert.equal(says({}), 'All received 14:02')
  assert.equal(says({ waiting: 3 }), '3 waiting')
  assert.equal(says({ waiting: 2, sending: { done: 2, of: 3 } }), 'Sending 2 of 3')
  assert.equal(says({ needs_you: 1 }), '1 needs you')
  assert.equal(says({ needs_you: 1, waiting: 2 }), '1 needs you, 2 waiting')
  assert.equal(says({ connection: 'offline', waiting: 3 }), 'Offline, 3 waiting')
  assert.equal(says({ connection: 'portal' }), 'Wi-Fi wants a sign-in')
  assert.equal(says({ last_received_at: null }), 'Nothing to send')
})

test('the pill never says "all received" while a row is unsent, whatever else is true', () => {
  const connections = ['unknown', 'online', 'offline', 'portal', 'signed_out', 'revoked'] as const
  for (const connection of connections) {
    for (const needs_you of [0, 2]) {
      const words = pillWords({ ...quiet, connection, needs_you, waiting: 1 })
      assert.notEqual(words.says, 'received')
      assert.ok(words.alsoWaiting || words.says === 'waiting')
    }
  }
})

test('strange preferences are none', () => {
  assert.deepEqual(asPreferences({ language: 'tlh', theme: 'neon' }), {
    language: null,
    theme: 'auto',
  })
  assert.deepEqual(asPreferences(null), { language: null, theme: 'auto' })
})

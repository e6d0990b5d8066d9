import assert from 'node:assert/strict'
import { test } from 'node:test'

import { WeakSecret, WrongSecret } from './ports.ts'
import { createVault, delayMs, open, openVault, seal } from './vault.ts'

const PIN = '48291357'
const FEW = 1000

test('what a PIN has wrapped opens with it, and with nothing else', async () => {
  const { key, wrap } = await createVault({ pin: PIN }, 'This phone', FEW)
  const sealed = await seal(key, 'rows/s1', { name: 'Dezbah' })

  await assert.rejects(openVault(wrap, { pin: '48291358' }), WrongSecret)
  const again = await openVault(wrap, { pin: PIN })

  assert.deepEqual(await open(again, 'rows/s1', sealed), { name: 'Dezbah' })
  assert.equal(again.extractable, false)
  assert.equal(key.extractable, false)
})

test('a record moved to another place does not open', async () => {
  const { key } = await createVault({ pin: PIN }, 'This phone', FEW)
  const sealed = await seal(key, 'rows/s1', { name: 'Dezbah' })

  await assert.rejects(open(key, 'rows/s2', sealed))
})

test('a short PIN is not taken', async () => {
  await assert.rejects(createVault({ pin: '1234567' }, 'This phone', FEW), WeakSecret)
})

test('three slips cost nothing, then each wrong PIN costs more, up to a minute', () => {
  assert.deepEqual([0, 2, 3, 4, 6, 40].map(delayMs), [0, 0, 1000, 2000, 8000, 60_000])
})

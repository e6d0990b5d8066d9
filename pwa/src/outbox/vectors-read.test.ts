/** No vector lies unread: each file is held against the phone's own code by some test. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const SRC = new URL('..', import.meta.url)
const VECTORS = new URL('../../../tests/vectors/', import.meta.url)

test('every file of vectors is read by a test of the phone', () => {
  const files = globSync('**/*.json', { cwd: VECTORS })
  const tests = globSync('**/*.test.ts', { cwd: SRC }).map((name) =>
    readFileSync(new URL(name, SRC), 'utf8'),
  )
  const isRead = (file: string) =>
    tests.some((text) => {
      const folder = file.includes('/') ? `/tests/vectors/${file.split('/')[0] ?? ''}/` : ''
      return text.includes(`/tests/vectors/${file}'`) || (folder !== '' && text.includes(folder))
    })

  assert.ok(files.length >= 8, 'the vectors were found')
  assert.deepEqual(
    files.filter((file) => !isRead(file)),
    [],
  )
})

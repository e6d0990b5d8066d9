import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { filesBelow, nameOf } from './service-worker.ts'

function aBuild(): string {
  const folder = mkdtempSync(join(tmpdir(), 'presente-build-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'assets', 'app.js'), 'export {}')
  return folder
}

test('two folders with the same build give the worker one name', () => {
  const here = aBuild()
  const there = mkdtempSync(join(tmpdir(), 'presente-copy-'))
  cpSync(here, there, { recursive: true })

  assert.equal(nameOf(here, filesBelow(here)), nameOf(there, filesBelow(there)))

  for (const folder of [here, there]) rmSync(folder, { recursive: true })
})

test('one changed byte gives the worker another name', () => {
  const folder = aBuild()
  const before = nameOf(folder, filesBelow(folder))

  writeFileSync(join(folder, 'assets', 'app.js'), 'export { }')

  assert.notEqual(nameOf(folder, filesBelow(folder)), before)
  rmSync(folder, { recursive: true })
})

test('the worker does not keep itself', () => {
  const folder = aBuild()

  writeFileSync(join(folder, 'sw.js'), '')

  assert.deepEqual(filesBelow(folder), ['assets/app.js', 'index.html'])
  rmSync(folder, { recursive: true })
})

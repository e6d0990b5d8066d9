import assert from 'node:assert/strict'
import { test } from 'node:test'

import vectors from '../../../tests/vectors/digest.json' with { type: 'json' }

import { digest, type Holding } from './cas.ts'
import { sha256 } from './model.ts'

for (const { name, schema, digest: expected, ...holding } of vectors.cases) {
  test(`phone and server make the same digest: ${name}`, async () => {
    assert.equal(await digest(sha256, holding as unknown as Holding, schema), expected)
  })
}

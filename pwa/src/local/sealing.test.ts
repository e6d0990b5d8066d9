import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'

import vectors from '../../../tests/vectors/hpke.json' with { type: 'json' }

import type { Mutation } from '../outbox/entry.ts'
import { fromBase64url, textOf, utf8 } from './bytes.ts'
import { infoOf, sealFor, type Envelope } from './sealing.ts'

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})

async function opened(device: string, id: string, { enc, ct }: Envelope): Promise<string> {
  const recipientKey = await suite.kem.importKey(
    'raw',
    fromBase64url(vectors.private_scalar).buffer,
    false,
  )
  const how = { recipientKey, enc: fromBase64url(enc).buffer, info: utf8(infoOf(device, id)) }
  return textOf(await suite.open(how, fromBase64url(ct).buffer))
}

for (const { name, device, id, plain, ...envelope } of vectors.cases) {
  test(`what was sealed once still opens: ${name}`, async () => {
    assert.equal(await opened(device, id, envelope), plain)
  })

  test(`what is sealed now opens as it was written: ${name}`, async () => {
    const mutation = JSON.parse(plain) as Mutation

    const made = await sealFor(vectors.server_key, device, mutation)

    assert.equal(await opened(device, id, made), plain)
    assert.notEqual(made.ct, envelope.ct)
  })

  test(`an envelope opens for no other device or mutation: ${name}`, async () => {
    await assert.rejects(opened('another', id, envelope))
    await assert.rejects(opened(device, 'another', envelope))
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { PortalError, ProblemError, SignedOut, Unreachable } from './answers.ts'
import { createClient } from './client.ts'
import type { SyncReq } from './types.gen.ts'

interface Given {
  readonly status?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const PROBLEM_TYPE = { 'content-type': 'application/problem+json' }
const REQUEST = { proto: 1, device: 'd1' } as SyncReq

/** A server that always answers the same, and what it was asked. */
function answering({ status = 200, body = '', headers = {} }: Given) {
  const asked: { url: string; init: RequestInit }[] = []
  const client = createClient((url, init) => {
    asked.push({ url, init })
    return Promise.resolve(new Response(status === 204 ? null : body, { status, headers }))
  })
  return { client, asked }
}

async function refusedWith(given: Given): Promise<unknown> {
  return answering(given)
    .client.call('GET /api/session')
    .then(
      () => assert.fail('was taken for an answer'),
      (fault: unknown) => fault,
    )
}

test('only what carries our marks is an answer', async () => {
  const page = { body: '<h1>Sign in to the Wi-Fi</h1>', headers: { 'content-type': 'text/html' } }
  const foreign = { status: 403, body: '{"error":"blocked"}', headers: PROBLEM_TYPE }

  for (const given of [
    page,
    foreign,
    { ...page, status: 511 },
    { body: '{', headers: JSON_TYPE },
  ]) {
    assert.ok((await refusedWith(given)) instanceof PortalError)
  }
  const { client } = answering({ body: '{"ok":true}', headers: JSON_TYPE })
  await assert.rejects(client.exchange(REQUEST), PortalError)
})

test('a refusal keeps its code, and the time the server asks for', async () => {
  const body = '{"code":"too_many","title":"Slow down","detail":"Wait a little."}'
  const headers = { ...PROBLEM_TYPE, 'retry-after': '7' }

  const fault = await refusedWith({ status: 429, body, headers })

  assert.ok(fault instanceof ProblemError)
  assert.deepEqual(
    [fault.code, fault.status, fault.retry_ms, fault.message],
    ['too_many', 429, 7000, 'Wait a little.'],
  )
})

test('a gateway that answers instead of the server is a "not now"', async () => {
  const fault = await refusedWith({ status: 502, body: 'Bad gateway' })

  assert.ok(fault instanceof ProblemError)
  assert.equal(fault.status, 502)
})

test('a gateway that finds a request too long says so as the server does', async () => {
  const fault = await refusedWith({ status: 413, body: '<h1>413 Request Entity Too Large</h1>' })

  assert.ok(fault instanceof ProblemError)
  assert.equal(fault.status, 413)
})

test('a session that is over is told apart', async () => {
  const body = '{"code":"signed_out"}'

  assert.ok((await refusedWith({ status: 401, body, headers: PROBLEM_TYPE })) instanceof SignedOut)
})

test('no answer, or half of one, is no answer', async () => {
  const none = createClient(() => Promise.reject(new TypeError('Failed to fetch')))
  const broken = new ReadableStream({
    start: (half) => {
      half.error(new Error('cut'))
    },
  })
  const half = createClient(() => Promise.resolve(new Response(broken, { headers: JSON_TYPE })))

  await assert.rejects(none.call('GET /api/session'), Unreachable)
  await assert.rejects(half.exchange(REQUEST), Unreachable)
})

test('a delivery by token leaves the cookie at home', async () => {
  const answer = { proto: 1, epoch: 'e1', receipts: [{ n: 1, id: 'm1', out: 'applied' }] }
  const { client, asked } = answering({ body: JSON.stringify(answer), headers: JSON_TYPE })

  const heard = await client.exchange(REQUEST, 'secret')

  assert.equal(asked[0]?.init.credentials, 'omit')
  assert.equal(new Headers(asked[0].init.headers).get('authorization'), 'Device secret')
  assert.partialDeepStrictEqual(heard.receipts[0], { ver: 0, text: '' })
  assert.equal(heard.pull, null)
})

test('ids and queries are written so that they cannot leave their place', async () => {
  const { client, asked } = answering({ body: '{}', headers: JSON_TYPE })

  await client.call('GET /api/desk/cases/{id}', { id: '../x', query: { q: 'a&b' } })

  assert.equal(asked[0]?.url, '/api/desk/cases/..%2Fx?q=a%26b')
})

test('what is searched for travels in a header, whole characters only, and never in the address', async () => {
  const { client, asked } = answering({ body: '{"students":[]}', headers: JSON_TYPE })

  await client.call('GET /api/desk/students', { search: `Núñez \ud800${'😀'.repeat(40)}` })

  const sent = new Headers(asked[0]?.init.headers).get('presente-search') ?? ''
  assert.equal(asked[0]?.url, '/api/desk/students')
  assert.ok(decodeURIComponent(sent).startsWith('Núñez 😀'))
  assert.ok(sent.length <= 400)
})

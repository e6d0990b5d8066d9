/** A server in memory and a platform without a browser, for tests of the phone. */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { v7 } from 'uuid'

import type { Deed, Mutation } from '../outbox/entry.ts'
import { answer, fresh } from '../outbox/model.ts'
import { Server } from '../outbox/model-server.ts'
import { createClient } from '../wire/client.ts'
import type {
  DeviceKeys,
  Me,
  Problem,
  SealedMut,
  SyncReq,
  SyncRes,
  VerifyReq,
} from '../wire/types.gen.ts'
import { base64url, fromBase64url, utf8 } from './bytes.ts'
import { alone, channel, type Platform } from './platform.ts'
import { infoOf } from './sealing.ts'

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})

export const ME: Me = {
  id: '01900000-0000-7000-8000-00000000c0de',
  name: 'Rosa Canary-Begay',
  login: 'rosa',
  role: 'advisor',
  root: 'u00000001',
  language: 'en',
  school_ids: [],
  has_password: true,
  passkey_count: 0,
  district: '',
  is_demo: false,
}

/** What the server answers instead of an exchange. */
interface Instead {
  readonly status: number
  readonly retry_after?: string
}

/** Whether the server can be reached, and knows who is signed in. */
type Line = 'up' | 'down' | 'signed_out' | 'portal'

export class FakeServer {
  readonly inside = new Server()
  line: Line = 'up'
  /** As many mutations fit into one request. */
  most = 100
  /** As many characters fit into one request. */
  longest = 1024 * 1024
  exchanges = 0
  verifications = 0
  now = '2026-03-02T15:00:00Z'
  /** A server of a time before it could judge what a phone holds. */
  isOld = false
  /** Every exchange is answered so, and nothing comes of it. */
  instead: Instead | null = null
  /** Every exchange ends with this stop, before the first mutation is placed. */
  stop: SyncRes['stop'] = ''
  retry_ms = 0
  /** Who is signed in. */
  me = ME
  /** Somebody signed in since the phone was taken off the list. */
  hasSession = true
  #revoked = ''
  #devices = 0
  readonly #known = new Set<string>()
  readonly #keys: CryptoKeyPair

  private constructor(keys: CryptoKeyPair) {
    this.#keys = keys
  }

  static async start(): Promise<FakeServer> {
    return new FakeServer(await suite.kem.generateKeyPair())
  }

  fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const between = this.#between(new Headers(init.headers))
    if (between) return between
    const sent = typeof init.body === 'string' ? init.body : 'null'
    if (sent.length > this.longest) return problem(413)
    const body: unknown = JSON.parse(sent)
    if (url === '/api/devices') return json(await this.#register())
    if (url === '/api/session') return this.#session()
    if (url === '/sync/v1/verify') return this.#verify(body as VerifyReq)
    return url === '/sync/v1' ? this.#exchange(body as SyncReq) : problem(404)
  }

  /** What answers instead of the server, if anything does. */
  #between(headers: Headers): Response | null {
    if (this.line === 'down') throw new TypeError('Failed to fetch')
    if (this.line === 'portal') return answered(200, '<p>Welcome to the Wi-Fi', 'text/html')
    const hasToken = headers.get('authorization')?.startsWith('Device token-') ?? false
    return this.line === 'signed_out' && !hasToken ? problem(401) : null
  }

  /** Taken off the list, and its sessions with it. */
  revoke(device: string): void {
    this.#revoked = device
    this.hasSession = false
  }

  #session(): Response {
    return this.hasSession && this.stop !== 'revoked' ? json(this.me) : problem(401)
  }

  /** Put back from a backup that was made before this phone joined. */
  forgetDevice(id: string): void {
    this.#known.delete(id)
  }

  async #register(): Promise<DeviceKeys> {
    this.#devices += 1
    const point = await suite.kem.serializePublicKey(this.#keys.publicKey)
    const id = `device-${this.#devices}`
    this.#known.add(id)
    const server_key = base64url(point)
    return { id, delivery_token: `token-${id}`, server_key, push_key: server_key }
  }

  async #verify(asked: VerifyReq): Promise<Response> {
    this.verifications += 1
    if (this.isOld) return problem(404)
    return json(await this.inside.verify(asked))
  }

  async #exchange(request: SyncReq): Promise<Response> {
    this.exchanges += 1
    if (this.instead) return problem(this.instead.status, this.instead.retry_after)
    if (!this.#known.has(request.device)) return problem(403, '', 'not_your_device')
    if (this.#revoked === request.device) return json(stopped(request, 'revoked', 0))
    if (this.stop !== '') return json(stopped(request, this.stop, this.retry_ms))
    const sealed = request.sealed as readonly SealedMut[]
    if (request.muts.length + sealed.length > this.most) return problem(413)
    const opened = await Promise.all(sealed.map((one) => this.#opened(request.device, one)))
    const muts = [...(request.muts as readonly Mutation[]), ...opened]
    const { device, epoch, cursor, held } = request
    const state = { ...fresh(), place: { ...fresh().place, device, epoch, cursor, held } }
    const told = await this.inside.exchange(state, muts, 50)
    return json({ ...told, now: this.now, pull: request.pull ? told.pull : null })
  }

  async #opened(device: string, { id, enc, ct }: SealedMut): Promise<Mutation> {
    const how = {
      recipientKey: this.#keys.privateKey,
      enc: fromBase64url(enc).buffer,
      info: utf8(infoOf(device, id)),
    }
    const plain = await suite.open(how, fromBase64url(ct).buffer)
    return JSON.parse(new TextDecoder().decode(plain)) as Mutation
  }
}

function json(body: unknown): Response {
  return answered(200, JSON.stringify(body), 'application/json')
}

function stopped({ device, epoch }: SyncReq, stop: SyncRes['stop'], retry_ms: number): SyncRes {
  return { ...answer({ epoch: epoch === '' ? 'e1' : epoch, device, stop, retry_ms }) }
}

function problem(status: number, retryAfter = '', code = `http_${status}`): Response {
  const said: Partial<Problem> = { title: 'No', status, code, detail: '' }
  const body = JSON.stringify(said)
  const refused = answered(status, body, 'application/problem+json')
  if (retryAfter !== '') refused.headers.set('retry-after', retryAfter)
  return refused
}

function answered(status: number, body: string, type: string): Response {
  return new Response(body, { status, headers: { 'content-type': type } })
}

/** One tab of a browser. Its timers are run by hand. */
export class Tab implements Platform {
  readonly build = 'test'
  readonly client: Platform['client']
  readonly alone = alone
  readonly channel = channel
  at = Date.UTC(2026, 2, 2, 15)
  hasAskedToPersist = false
  readonly timers = new Map<() => void, number>()

  constructor(server: FakeServer) {
    this.client = createClient(server.fetch)
  }

  now(): Date {
    return new Date(this.at)
  }

  newId(): string {
    return v7()
  }

  chance(): number {
    return 0.5
  }

  since(): readonly [string, number] {
    return ['session', 1]
  }

  after(ms: number, run: () => void): () => void {
    this.timers.set(run, ms)
    return () => this.timers.delete(run)
  }

  onChance(): () => void {
    return () => undefined
  }

  persist(): Promise<boolean> {
    this.hasAskedToPersist = true
    return Promise.resolve(true)
  }

  isPersisted(): Promise<boolean> {
    return Promise.resolve(this.hasAskedToPersist)
  }
}

export function visit(note: string): Deed {
  const key = v7()
  const set = { note, method: 'home_visit', outcome: 'spoke_guardian' }
  return { op: 'contact.create', ent: 'contact', key, root: 's00000001', base: 0, was: {}, set }
}

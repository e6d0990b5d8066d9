/**
 * Speaks HTTP to the server: one typed `call` for `/api`, one `exchange` for `/sync/v1`.
 * Only what carries our own marks counts as an answer; everything else is told apart in `answers.ts`.
 */
import { PortalError, ProblemError, SignedOut, Unreachable } from './answers.ts'
import type { RouteName, Routes, UploadName } from './routes.ts'
import type { Problem, Receipt, SyncReq, SyncRes } from './types.gen.ts'

export const PROTO = 1
export const SCHEMA = 1

/** Reads and refusals are short; an exchange may carry a first caseload over a weak network. */
const CALL_MS = 20_000
const EXCHANGE_MS = 60_000
/** A district's files of a whole year over a slow line. */
const UPLOAD_MS = 30 * 60_000

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

interface Options<Body> {
  readonly body?: Body
  /** Fills `{id}` in the route. */
  readonly id?: string
  readonly query?: Readonly<Record<string, string>>
  /** What somebody looks for: it travels in a header, never in an address that others log. */
  readonly search?: string
}

/** A file and what it is called. */
export interface NamedFile {
  readonly name: string
  readonly content: Blob
}

/** An answer, and what to name it by when asking whether it still holds. */
export interface Tagged<Answer> {
  readonly etag: string
  readonly answer: Answer
}

export interface Client {
  /** Ask `/api`. Rejects with `ProblemError`, `SignedOut`, `PortalError` or `Unreachable` only. */
  call<Name extends RouteName>(
    route: Name,
    options?: Options<Routes[Name]['body']>,
  ): Promise<Routes[Name]['answer']>
  /**
   * The same where the server can tell that nothing changed since `etag` (empty: nothing held):
   * null when what is held still holds.
   */
  callUnless<Name extends RouteName>(
    etag: string,
    route: Name,
    options?: Options<Routes[Name]['body']>,
  ): Promise<Tagged<Routes[Name]['answer']> | null>
  /** Send one file as it is, with its name in a header: names of files may name people. */
  upload<Name extends UploadName>(
    route: Name,
    id: string,
    file: NamedFile,
  ): Promise<Routes[Name]['answer']>
  /**
   * One exchange of the sync protocol. With a delivery token the session's cookie stays at home:
   * the token may write and never reads.
   */
  exchange(request: SyncReq, token?: string): Promise<SyncRes>
}

export function createClient(fetch: Fetch): Client {
  return {
    async call(route, options = {}) {
      const { url, init } = requestOf(route, options)
      return (await ask(fetch, url, init, CALL_MS)) as Routes[typeof route]['answer']
    },
    async callUnless(etag, route, options = {}) {
      const { url, init } = requestOf(route, options)
      const headers = { ...init.headers, ...(etag === '' ? {} : { 'if-none-match': etag }) }
      const response = await reach(fetch, url, { ...init, headers }, CALL_MS)
      if (response.status === 304) return null
      const answer = (await answerOf(response)) as Routes[typeof route]['answer']
      return { etag: response.headers.get('etag') ?? '', answer }
    },
    async upload(route, id, { name, content }) {
      const { url, init } = requestOf(route, { id })
      const headers = {
        'content-type': 'application/octet-stream',
        'presente-file-name': fileName(name),
      }
      const sent = { ...init, body: content, headers }
      return (await ask(fetch, url, sent, UPLOAD_MS)) as Routes[typeof route]['answer']
    },
    async exchange(request, token) {
      const sent = json(request)
      const init: RequestInit =
        token === undefined
          ? { method: 'POST', credentials: 'same-origin', ...sent }
          : {
              method: 'POST',
              credentials: 'omit',
              body: sent.body ?? null,
              headers: { ...sent.headers, authorization: `Device ${token}` },
            }
      return wholeAnswer(await ask(fetch, '/sync/v1', init, EXCHANGE_MS))
    },
  }
}

function requestOf(route: RouteName, options: Options<unknown>) {
  const [method = 'GET', template = ''] = route.split(' ')
  const path = template.replace('{id}', encodeURIComponent(options.id ?? ''))
  const query = options.query ? `?${new URLSearchParams(options.query).toString()}` : ''
  const sent = json(options.body)
  const search: Record<string, string> =
    options.search === undefined ? {} : { 'presente-search': searchable(options.search) }
  const headers = { ...sent.headers, ...search }
  const init = { method, credentials: 'same-origin' as const, ...sent, headers }
  return { url: path + query, init }
}

/** The first words of a search as a header can carry them: whole characters, 400 bytes at most. */
function searchable(words: string): string {
  const whole = Array.from(words).filter((character) => !/^[\ud800-\udfff]$/.test(character))
  return encodeURIComponent(whole.slice(0, 33).join(''))
}

/** A file's name as a header can carry it; its end tells what it is, so the end is kept. */
function fileName(name: string): string {
  return encodeURIComponent(Array.from(name).slice(-60).join(''))
}

interface Sent {
  readonly body?: string
  readonly headers?: Record<string, string>
}

function json(body: unknown): Sent {
  if (body === undefined) return {}
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

async function ask(fetch: Fetch, url: string, init: RequestInit, ms: number): Promise<unknown> {
  return answerOf(await reach(fetch, url, init, ms))
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await textOf(response)
  const [type] = (response.headers.get('content-type') ?? '').split(';')
  if (type === 'application/problem+json') throw refusal(parsed(text), response)
  if (isFromBetween(response)) throw notNow(response)
  if (response.status === 204) return null
  if (!response.ok || type !== 'application/json') throw new PortalError()
  return parsed(text)
}

/**
 * A gateway's own "not now", or "too long". A redirect or a 511 is a portal's: our server sends
 * neither.
 */
function isFromBetween({ status }: Response): boolean {
  return status === 413 || status === 429 || (status >= 500 && status !== 511)
}

async function reach(fetch: Fetch, url: string, init: RequestInit, ms: number): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(ms)
    return await fetch(url, { ...init, cache: 'no-store', redirect: 'manual', signal })
  } catch {
    throw new Unreachable()
  }
}

/** A body that breaks off in the middle is no answer. */
async function textOf(response: Response): Promise<string> {
  try {
    return await response.text()
  } catch {
    throw new Unreachable()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new PortalError()
  }
}

function refusal(body: unknown, response: Response): Error {
  if (!isRecord(body) || typeof body['code'] !== 'string') return new PortalError()
  if (response.status === 401) return new SignedOut()
  const problem: Problem = {
    type: 'about:blank',
    title: '',
    detail: '',
    detail_es: '',
    faults: [],
    trace_id: '',
    ...body,
    status: response.status,
    code: body['code'],
  }
  return new ProblemError(problem, retryMs(response))
}

/** Nothing changed, and it may name a time. */
function notNow(response: Response): Error {
  const problem: Problem = {
    type: 'about:blank',
    title: response.status === 413 ? 'Too long' : 'Not now',
    status: response.status,
    code: response.status === 413 ? 'too_large' : 'unavailable',
    detail: '',
    detail_es: '',
    faults: [],
    trace_id: '',
  }
  return new ProblemError(problem, retryMs(response))
}

/** `Retry-After` in seconds. Its other form, a date, would need a clock that both sides share. */
function retryMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? '0')
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0
}

/** The server leaves defaults out of what it stores once; here they are put back. */
function wholeAnswer(body: unknown): SyncRes {
  if (!isRecord(body) || body['proto'] !== PROTO) throw new PortalError()
  const answer = body as unknown as SyncRes
  return {
    ...answer,
    receipts: ((answer.receipts as readonly Receipt[] | undefined) ?? []).map((receipt) => ({
      ...RECEIPT,
      ...receipt,
    })),
    pull: answer.pull ? { ...PULL, ...answer.pull } : null,
  }
}

const RECEIPT = { seq: 0, ver: 0, conflict: null, code: '', text: '' }
const PULL = { reset: false, more: false, drop: [], rows: [], roots: [], total_roots: 0 }

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

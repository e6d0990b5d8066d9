/** A small server for tests of the outbox: numbers, receipts and a latest-state feed, as the protocol has them. */
import type { Pull, Receipt, RowMsg, SyncRes, VerifyReq, VerifyRes } from '../wire/types.gen.ts'
import type { State } from './apply.ts'
import { digest } from './cas.ts'
import type { Mutation } from './entry.ts'
import { answer, pull, receipt, sha256, STUDENT } from './model.ts'
import type { BaseRow } from './rows.ts'
import { digestOf } from './verify.ts'

interface Row {
  readonly ver: number
  readonly seq: number
  /** The mutation that made it. */
  readonly by: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The server's half, as small as it can be and still lose data when the phone is wrong. */
export class Server {
  epoch = 'e1'
  seq = 0
  /** Every mutation ever taken in, by id. */
  readonly taken = new Map<string, Receipt>()
  #backed = 0
  #last = new Map<string, number>()
  #idAt = new Map<string, string>()
  #rows = new Map<string, Row>()

  /** Answer a request whose mutations are given; `limit` rows fit into the pull. */
  async exchange(state: State, muts: readonly Mutation[], limit: number): Promise<SyncRes> {
    const { device } = state.place
    const receipts: Receipt[] = []
    let stop: SyncRes['stop'] = ''
    for (const mut of muts) {
      const made = this.#take(device, mut)
      if (typeof made === 'string') {
        stop = made
        break
      }
      receipts.push(made)
    }
    const last = this.#last.get(device) ?? 0
    const sent = await this.#pull(state, limit)
    return answer({
      epoch: this.epoch,
      device,
      next_n: last + 1,
      durable_n: this.#durable(device),
      receipts,
      stop,
      pull: sent,
    })
  }

  /** All but the latest two mutations are in a verified backup, which no restore undoes. */
  get backed(): number {
    this.#backed = Math.max(this.#backed, this.taken.size - 2)
    return this.#backed
  }

  /** Somebody at a desk changes what a phone wrote. */
  editElsewhere(key: string): void {
    const row = this.#rows.get(key)
    if (row) this.#put(key, row.by, { ...row.data, reviewed: row.ver })
  }

  /** A backup from before: everything numbered later is gone, and a new life begins. */
  restore(keep: number): void {
    this.epoch = `${this.epoch}'`
    const ids = [...this.taken.keys()].slice(keep)
    for (const id of ids) this.taken.delete(id)
    const left = new Set(this.taken.keys())
    this.#rows = new Map([...this.#rows].filter(([, row]) => left.has(row.by)))
    this.#idAt = new Map([...this.#idAt].filter(([, id]) => left.has(id)))
    this.#last = new Map()
    for (const place of this.#idAt.keys()) {
      const [device = '', n = '0'] = place.split('/')
      this.#last.set(device, Math.max(this.#last.get(device) ?? 0, Number(n)))
    }
  }

  /** A hole at the end: what this device sent from here on is gone, in the same life. */
  loseFrom(device: string, n: number): void {
    for (const [place, id] of [...this.#idAt]) {
      const [whose, at = '0'] = place.split('/')
      if (whose !== device || Number(at) < n) continue
      this.#idAt.delete(place)
      this.taken.delete(id)
      this.#rows = new Map([...this.#rows].filter(([, row]) => row.by !== id))
    }
    this.#last.set(device, n - 1)
  }

  /** A row that went past the feed: what is held of it is wrong, and no pull says so. */
  changeUnseen(key: string, data: Row['data']): void {
    const row = this.#rows.get(key)
    if (row) this.#rows.set(key, { ...row, data: { ...row.data, ...data } })
  }

  /** Which of these roots a phone at its cursor holds wrongly. */
  async verify({ epoch, cursor, digests }: VerifyReq): Promise<VerifyRes> {
    const told = { proto: 1, epoch: this.epoch, differ: [] }
    const from = Number(cursor.split('.')[1] ?? '0')
    const hasMoved = [...this.#rows.values()].some((row) => row.seq > from)
    if (epoch !== this.epoch || !cursor.startsWith(`${this.epoch}.`) || hasMoved) return told
    const rows = [...this.#rows].map(asMessage).map((row) => [row.key, row as BaseRow] as const)
    const isSame = (await digestOf(sha256, new Map(rows))) === digests[STUDENT]
    return { ...told, differ: isSame || !(STUDENT in digests) ? [] : [STUDENT] }
  }

  row(key: string): Row | undefined {
    return this.#rows.get(key)
  }

  /** Another profile uses the device's next number. */
  useNumberOf(device: string): void {
    const n = (this.#last.get(device) ?? 0) + 1
    this.#last.set(device, n)
    this.#idAt.set(`${device}/${n}`, `foreign-${device}-${n}`)
  }

  /** What a backup holds is only said of numbers without a hole below them. */
  #durable(device: string): number {
    const held = new Set([...this.taken.keys()].slice(0, this.backed))
    let n = 0
    for (;;) {
      const id = this.#idAt.get(`${device}/${n + 1}`) ?? ''
      if (!held.has(id) && !id.startsWith('foreign')) return n
      n += 1
    }
  }

  #take(device: string, mut: Mutation): Receipt | 'gap' | 'fork' {
    const last = this.#last.get(device) ?? 0
    if (mut.n <= last && this.#idAt.get(`${device}/${mut.n}`) !== mut.id) return 'fork'
    if (mut.n > last + 1) return 'gap'
    const known = this.taken.get(mut.id)
    const made = known ? { ...known, n: mut.n } : this.#effect(mut)
    this.#last.set(device, Math.max(last, mut.n))
    this.#idAt.set(`${device}/${mut.n}`, mut.id)
    this.taken.set(mut.id, made)
    return made
  }

  #effect(mut: Mutation): Receipt {
    const { seq, ver } = this.#put(mut.key, mut.id, mut.set)
    return receipt(mut.n, { id: mut.id, seq, ver })
  }

  #put(key: string, by: string, data: Row['data']): Row {
    this.seq += 1
    const ver = (this.#rows.get(key)?.ver ?? 0) + 1
    const row = { ver, seq: this.seq, by, data: { ...this.#rows.get(key)?.data, ...data } }
    this.#rows.set(key, row)
    return row
  }

  async #pull(state: State, limit: number): Promise<Pull> {
    const { cursor, held } = state.place
    const base = await digest(sha256, state.place, 1)
    const from = Number(cursor.split('.')[1] ?? '0')
    const reset = cursor !== '' && (!cursor.startsWith(`${this.epoch}.`) || from > this.seq)
    const head = this.seq
    if (!reset && STUDENT in held) return { ...this.#since(from, limit), base, head }
    const roots = [{ root: STUDENT, lens: 'adv', rows: [...this.#rows].map(asMessage) }]
    return pull({ base, reset, cursor: `${this.epoch}.${head}`, head, roots })
  }

  #since(from: number, limit: number): Pull {
    const later = [...this.#rows].filter(([, row]) => row.seq > from)
    const page = later.sort(([, one], [, other]) => one.seq - other.seq).slice(0, limit)
    const more = page.length < later.length
    const reached = more ? (page.at(-1)?.[1].seq ?? from) : this.seq
    return pull({ cursor: `${this.epoch}.${reached}`, more, rows: page.map(asMessage) })
  }
}

function asMessage([key, { ver, data }]: readonly [string, Row]): RowMsg {
  return { root: STUDENT, ent: 'contact', key, ver, data }
}

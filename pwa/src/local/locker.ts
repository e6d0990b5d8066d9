/** What can be done before a store is open: make one, open it, count and deliver what waits in it. */
import { nowhere } from '../outbox/apply.ts'
import { waitMs } from '../outbox/backoff.ts'
import type { Me } from '../wire/types.gen.ts'
import { Core, writeLock } from './core.ts'
import { getMeta, PhoneDb, putMeta, type LockRecord } from './db.ts'
import { deliver, sendLock, unsentIn } from './deliver.ts'
import { OpenPhone } from './phone.ts'
import type { Platform } from './platform.ts'
import {
  AlreadyHere,
  StillUnsent,
  WrongSecret,
  type Holder,
  type Phone,
  type PhoneLocker,
} from './ports.ts'
import { Registry, type HolderRecord } from './registry.ts'
import { SealedStore } from './sealed-store.ts'
import { updates } from './updates.ts'
import { createVault, delayMs, openVault, ROUNDS, seal, type Secret, type Wrap } from './vault.ts'

const LABEL = 'This phone'

export class Locker implements PhoneLocker {
  readonly #platform: Platform
  readonly #registry = new Registry()
  readonly #rounds: number
  /** Whose stores are open in this tab: they send by themselves. */
  readonly #open = new Set<string>()
  #onClosed: () => void = () => undefined
  #callOff: () => void = () => undefined
  #failures = 0

  constructor(platform: Platform, rounds = ROUNDS) {
    this.#platform = platform
    this.#rounds = rounds
  }

  async holders(): ReturnType<PhoneLocker['holders']> {
    const found = await this.#registry.all()
    return found.map(({ user_id, label, ways }) => ({ user_id, label, ways }))
  }

  async create(me: Me, secret: Secret, label = LABEL): Promise<Phone> {
    if (await this.#registry.find(me.id)) throw new AlreadyHere()
    const { key, wrap } = await createVault(secret, label, this.#rounds)
    const body = { label, build: this.#platform.build }
    const device = await this.#platform.client.call('POST /api/devices', { body })
    const record: HolderRecord = {
      user_id: me.id,
      db: `presente-${crypto.randomUUID()}`,
      label,
      ways: [wrap.way],
    }
    const db = new PhoneDb(record.db)
    const holder = await seal(key, 'meta/holder', holderOf(me))
    const place = await seal(key, 'meta/place', nowhere(device.id))
    await db.write(async (tx) => {
      await putMeta(tx, 'device', device)
      await putMeta(tx, 'lock', untried([wrap]))
      await putMeta(tx, 'holder', holder)
      await putMeta(tx, 'place', place)
      await putMeta(tx, 'turn', 0)
    })
    await this.#registry.add(record)
    return this.#opened(db, key, me.id)
  }

  async unlock(userId: string, secret: Secret): Promise<Phone> {
    const db = await this.#dbOf(userId)
    const lock = await db.read((tx) => getMeta(tx, 'lock'))
    const way = 'pin' in secret ? 'pin' : 'passkey'
    const wrap = lock?.wraps.find((one) => one.way === way)
    if (!lock || !wrap) throw new WrongSecret()
    await this.#until(lock.not_before)
    try {
      const key = await openVault(wrap, secret)
      await db.write((tx) => putMeta(tx, 'lock', untried(lock.wraps)))
      return await this.#opened(db, key, userId)
    } catch (fault) {
      if (fault instanceof WrongSecret) await this.#countWrong(db, lock)
      throw fault
    }
  }

  async unsent(userId: string): Promise<number> {
    const db = await this.#dbOf(userId)
    const waiting = await unsentIn(db)
    db.close()
    return waiting
  }

  async remove(userId: string, evenUnsent: boolean): Promise<void> {
    const holder = await this.#registry.find(userId)
    if (!holder) return
    // Nothing is kept between the count and the end of the store, in whichever tab.
    await this.#platform.alone(writeLock(holder.db), false, async () => {
      const db = new PhoneDb(holder.db)
      const waiting = await unsentIn(db)
      db.close()
      if (waiting > 0 && !evenUnsent) throw new StillUnsent()
      await this.#registry.remove(holder)
    })
  }

  async deliver(userId: string): Promise<number> {
    const db = await this.#dbOf(userId)
    const send = () => deliver(this.#platform, db).catch(() => null)
    const left = await this.#platform.alone(sendLock(db.name), true, send)
    const waiting = left ?? (await unsentIn(db))
    db.close()
    return waiting
  }

  /**
   * From now on: send what waits in the closed stores of this browser, whenever there is a chance,
   * when one is closed, and by itself until nothing waits. Returns what ends it.
   */
  watch(): () => void {
    const look = () => void this.#deliverClosed().catch(() => undefined)
    this.#onClosed = look
    look()
    const unhear = this.#platform.onChance(look)
    return () => {
      this.#onClosed = () => undefined
      this.#callOff()
      unhear()
    }
  }

  async #deliverClosed(): Promise<void> {
    const holders = await this.#registry.all()
    let waiting = 0
    for (const { user_id } of holders) {
      if (!this.#open.has(user_id)) waiting += await this.deliver(user_id)
    }
    this.#callOff()
    this.#failures = waiting > 0 ? this.#failures + 1 : 0
    if (waiting === 0) return
    const ms = waitMs(this.#failures, 0, this.#platform.chance())
    this.#callOff = this.#platform.after(ms, () => {
      this.#onClosed()
    })
  }

  async #opened(db: PhoneDb, key: CryptoKey, userId: string): Promise<Phone> {
    const core = await Core.open(this.#platform, new SealedStore(db, key))
    const phone = new OpenPhone(core, updates, () => {
      this.#open.delete(userId)
      this.#onClosed()
    })
    this.#open.add(userId)
    phone.start()
    return phone
  }

  async #dbOf(userId: string): Promise<PhoneDb> {
    const holder = await this.#registry.find(userId)
    if (!holder) throw new WrongSecret()
    return new PhoneDb(holder.db)
  }

  async #countWrong(db: PhoneDb, lock: LockRecord): Promise<void> {
    const wrong_tries = lock.wrong_tries + 1
    const from = this.#platform.now().getTime()
    const not_before = new Date(from + delayMs(wrong_tries)).toISOString()
    await db.write((tx) => putMeta(tx, 'lock', { ...lock, wrong_tries, not_before }))
  }

  async #until(moment: string): Promise<void> {
    const ms = Date.parse(moment) - this.#platform.now().getTime()
    if (!(ms > 0)) return
    await new Promise<void>((resolve) => {
      // A clock set back must not lock a person out for longer than the longest delay.
      this.#platform.after(Math.min(ms, delayMs(Infinity)), resolve)
    })
  }
}

function untried(wraps: readonly Wrap[]): LockRecord {
  return { wraps, wrong_tries: 0, not_before: '' }
}

function holderOf(me: Me): Holder {
  const { id, name, role, root, language } = me
  return { user_id: id, name, role, root, language }
}

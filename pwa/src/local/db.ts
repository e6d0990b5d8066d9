/**
 * One IndexedDB per person, under a random name. Holds sealed records, and in the clear only what
 * a locked phone needs to count its outbox and deliver it: random ids, numbers, a write-only token.
 */
import {
  openDB,
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  type StoreNames,
} from 'idb'

import type { Receipt } from '../wire/types.gen.ts'
import type { Envelope } from './sealing.ts'
import type { Sealed, Wrap } from './vault.ts'

/** One mutation. `body` is the whole entry, sealed for this phone; the envelope is for the server. */
export interface OutboxRecord extends Envelope {
  readonly id: string
  readonly device: string
  readonly n: number
  /** Has a receipt. Counted while locked, so it alone decides. */
  readonly is_sent: boolean
  /** A receipt that came while locked, without its text: that may speak of a family. */
  readonly told: Receipt | null
  /** When that was, by the server's clock. A build before this one did not note it. */
  readonly told_at?: string
  readonly body: Sealed
}

/** What this browser profile is to the server. */
export interface DeviceRecord {
  readonly id: string
  readonly delivery_token: string
  readonly server_key: string
  readonly push_key: string
}

export interface LockRecord {
  readonly wraps: readonly Wrap[]
  readonly wrong_tries: number
  /** No try is made before this moment, in UTC. */
  readonly not_before: string
}

interface MetaRecords {
  readonly device: DeviceRecord
  readonly lock: LockRecord
  readonly holder: Sealed
  readonly place: Sealed
  readonly push: Sealed
  /** When the server last judged what this phone holds, by its own clock. */
  readonly verified: string
  /** Counts every write, so that another tab sees that its memory is old. */
  readonly turn: number
}

export interface Schema extends DBSchema {
  rows: { key: string; value: Sealed }
  outbox: { key: string; value: OutboxRecord }
  drafts: { key: string; value: Sealed }
  meta: { key: keyof MetaRecords; value: MetaRecords[keyof MetaRecords] }
}

export type Name = StoreNames<Schema>
export type Tx<Mode extends IDBTransactionMode> = IDBPTransaction<Schema, Name[], Mode>
type Handle = IDBPDatabase<Schema>

const STORES: Name[] = ['rows', 'outbox', 'drafts', 'meta']

/** A person's database. Survives the browser's taking its connection away (iOS does). */
export class PhoneDb {
  readonly name: string
  #handle: Promise<Handle> | null = null

  constructor(name: string) {
    this.name = name
  }

  read<T>(work: (tx: Tx<'readonly'>) => Promise<T>): Promise<T> {
    return this.#carriedOut((db) => done(db.transaction(STORES, 'readonly'), work))
  }

  /** One transaction, on disk when it resolves. `work` may run twice, so it only sets, never adds. */
  write<T>(work: (tx: Tx<'readwrite'>) => Promise<T>): Promise<T> {
    const strict = { durability: 'strict' } as const
    return this.#carriedOut((db) => done(db.transaction(STORES, 'readwrite', strict), work))
  }

  close(): void {
    void this.#handle?.then((handle) => {
      handle.close()
    })
    this.#handle = null
  }

  async #carriedOut<T>(work: (db: Handle) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#open())
    } catch (fault) {
      if (!isLostConnection(fault)) throw fault
      this.close()
      return work(await this.#open())
    }
  }

  #open(): Promise<Handle> {
    this.#handle ??= openDB<Schema>(this.name, 1, {
      upgrade(db) {
        db.createObjectStore('rows')
        db.createObjectStore('outbox', { keyPath: 'id' })
        db.createObjectStore('drafts')
        db.createObjectStore('meta')
      },
      blocking: () => {
        this.close()
      },
      terminated: () => {
        this.#handle = null
      },
    }).catch((fault: unknown) => {
      this.#handle = null
      throw fault
    })
    return this.#handle
  }
}

export async function getMeta<Key extends keyof MetaRecords>(
  tx: Tx<IDBTransactionMode>,
  key: Key,
): Promise<MetaRecords[Key] | undefined> {
  return (await tx.objectStore('meta').get(key)) as MetaRecords[Key] | undefined
}

export function putMeta<Key extends keyof MetaRecords>(
  tx: Tx<'readwrite'>,
  key: Key,
  value: MetaRecords[Key],
): Promise<unknown> {
  return tx.objectStore('meta').put(value, key)
}

async function done<Mode extends IDBTransactionMode, T>(
  tx: Tx<Mode>,
  work: (tx: Tx<Mode>) => Promise<T>,
): Promise<T> {
  try {
    const result = await work(tx)
    await tx.done
    return result
  } catch (fault) {
    tx.done.catch(() => undefined)
    abort(tx)
    throw fault
  }
}

/** A transaction that has already ended cannot be aborted, and need not be. */
function abort(tx: Tx<IDBTransactionMode>): void {
  try {
    tx.abort()
  } catch {
    return
  }
}

function isLostConnection(fault: unknown): boolean {
  return fault instanceof DOMException && ['InvalidStateError', 'UnknownError'].includes(fault.name)
}

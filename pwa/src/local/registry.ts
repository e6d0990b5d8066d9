/** Which stores this browser holds: one per person. Nothing here is sealed, so nothing here tells much. */
import { deleteDB, openDB, type DBSchema } from 'idb'

import type { UnlockWay } from './ports.ts'

export interface HolderRecord {
  readonly user_id: string
  /** Random name of the person's database. */
  readonly db: string
  /** A word the person chose for the unlock screen. */
  readonly label: string
  readonly ways: readonly UnlockWay[]
}

interface Schema extends DBSchema {
  holders: { key: string; value: HolderRecord }
}

export class Registry {
  async all(): Promise<HolderRecord[]> {
    return this.#with((db) => db.getAll('holders'))
  }

  async find(userId: string): Promise<HolderRecord | null> {
    return (await this.#with((db) => db.get('holders', userId))) ?? null
  }

  async add(holder: HolderRecord): Promise<void> {
    await this.#with((db) => db.put('holders', holder))
  }

  /** Forget a person's store, and remove it from the disk. */
  async remove({ user_id, db }: HolderRecord): Promise<void> {
    await deleteDB(db)
    await this.#with((registry) => registry.delete('holders', user_id))
  }

  async #with<T>(work: (db: Awaited<ReturnType<typeof opened>>) => Promise<T>): Promise<T> {
    const db = await opened()
    try {
      return await work(db)
    } finally {
      db.close()
    }
  }
}

function opened() {
  return openDB<Schema>('presente', 1, {
    upgrade(db) {
      db.createObjectStore('holders', { keyPath: 'user_id' })
    },
  })
}

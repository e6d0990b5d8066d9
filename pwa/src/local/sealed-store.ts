/** A person's state on disk, sealed. Loads it whole and writes what has changed; decides nothing. */
import type { State } from '../outbox/apply.ts'
import { nowhere, type Place } from '../outbox/apply.ts'
import { mutationOf, type Entry } from '../outbox/entry.ts'
import type { BaseRow, RootRows } from '../outbox/rows.ts'
import { nameOf } from '../outbox/rows.ts'
import { getMeta, putMeta, type DeviceRecord, type OutboxRecord, type PhoneDb } from './db.ts'
import type { Draft, Holder } from './ports.ts'
import { sealFor, type Envelope } from './sealing.ts'
import { open, seal, type Sealed } from './vault.ts'

export interface Loaded {
  readonly state: State
  readonly device: DeviceRecord
  readonly turn: number
}

export class SealedStore {
  readonly db: PhoneDb
  readonly #key: CryptoKey

  constructor(db: PhoneDb, key: CryptoKey) {
    this.db = db
    this.#key = key
  }

  /** Everything at once. `at`: when receipts that a build before this one took while locked are taken as stored. */
  async load(at: string): Promise<Loaded> {
    const found = await this.db.read(async (tx) => ({
      roots: await tx.objectStore('rows').getAllKeys(),
      rows: await tx.objectStore('rows').getAll(),
      outbox: await tx.objectStore('outbox').getAll(),
      device: await getMeta(tx, 'device'),
      place: await getMeta(tx, 'place'),
      turn: await getMeta(tx, 'turn'),
    }))
    if (!found.device) throw new Error('This store has no device')
    const { device } = found
    const place = found.place
      ? ((await open(this.#key, 'meta/place', found.place)) as Place)
      : nowhere(device.id)
    const rows = await Promise.all(
      found.rows.map((sealed, index) => this.#openRoot(found.roots[index] ?? '', sealed)),
    )
    const entries = await Promise.all(found.outbox.map((record) => this.#openEntry(record, at)))
    const state = { place, rows: new Map(rows), entries: inOrder(entries, place) }
    return { state, device, turn: found.turn ?? 0 }
  }

  /** NaN, which is no turn that anybody remembers: another tab has removed this store. */
  async turn(): Promise<number> {
    return this.db.read(async (tx) => (await getMeta(tx, 'turn')) ?? NaN)
  }

  async holder(): Promise<Holder> {
    const sealed = await this.db.read((tx) => getMeta(tx, 'holder'))
    if (!sealed) throw new Error('This store has no holder')
    return (await open(this.#key, 'meta/holder', sealed)) as Holder
  }

  async saveHolder(holder: Holder): Promise<void> {
    const sealed = await seal(this.#key, 'meta/holder', holder)
    await this.db.write((tx) => putMeta(tx, 'holder', sealed))
  }

  /** Where the server was told to push to; null when it never was. */
  async pushEndpoint(): Promise<string | null> {
    const sealed = await this.db.read((tx) => getMeta(tx, 'push'))
    return sealed ? ((await open(this.#key, 'meta/push', sealed)) as string) : null
  }

  async savePushEndpoint(endpoint: string): Promise<void> {
    const sealed = await seal(this.#key, 'meta/push', endpoint)
    await this.db.write((tx) => putMeta(tx, 'push', sealed))
  }

  /** When the server last judged what is held, by its own clock; empty: never. */
  async verifiedAt(): Promise<string> {
    return this.db.read(async (tx) => (await getMeta(tx, 'verified')) ?? '')
  }

  async saveVerifiedAt(at: string): Promise<void> {
    await this.db.write((tx) => putMeta(tx, 'verified', at))
  }

  /** Write what differs between two states, in one transaction, strictly on disk. */
  async save(before: State, after: State, device: DeviceRecord, turn: number): Promise<void> {
    const roots = await this.#sealedRoots(before, after)
    const lost = [...before.rows.keys()].filter((root) => !after.rows.has(root))
    const outbox = await this.#sealedEntries(before, after, device)
    const kept = new Set(after.entries.map((entry) => entry.id))
    const forgotten = before.entries.filter((entry) => !kept.has(entry.id))
    const place = await seal(this.#key, 'meta/place', after.place)
    await this.db.write(async (tx) => {
      const rows = tx.objectStore('rows')
      const box = tx.objectStore('outbox')
      for (const [root, sealed] of roots) await rows.put(sealed, root)
      for (const root of lost) await rows.delete(root)
      for (const { envelope, ...record } of outbox) {
        const made = envelope ?? (await box.get(record.id))
        if (!made) throw new Error('An entry without an envelope')
        await box.put({ ...record, enc: made.enc, ct: made.ct })
      }
      for (const { id } of forgotten) await box.delete(id)
      await putMeta(tx, 'device', device)
      await putMeta(tx, 'place', place)
      await putMeta(tx, 'turn', turn)
    })
  }

  async drafts(): Promise<Draft[]> {
    const [ids, sealed] = await this.db.read(async (tx) => [
      await tx.objectStore('drafts').getAllKeys(),
      await tx.objectStore('drafts').getAll(),
    ])
    const opened = sealed.map((one, index) => open(this.#key, `drafts/${ids[index] ?? ''}`, one))
    return (await Promise.all(opened)) as Draft[]
  }

  async saveDraft(draft: Draft): Promise<void> {
    const sealed = await seal(this.#key, `drafts/${draft.id}`, draft)
    await this.db.write(async (tx) => {
      if (!(await getMeta(tx, 'device'))) throw new Error('This store was removed')
      await tx.objectStore('drafts').put(sealed, draft.id)
    })
  }

  async discardDraft(id: string): Promise<void> {
    await this.db.write((tx) => tx.objectStore('drafts').delete(id))
  }

  async #openRoot(root: string, sealed: Sealed): Promise<readonly [string, RootRows]> {
    const rows = (await open(this.#key, `rows/${root}`, sealed)) as readonly BaseRow[]
    return [root, new Map(rows.map((row) => [nameOf(row.ent, row.key), row]))]
  }

  /** What is clear decides whether it is sent: a locked phone can write nothing else. */
  async #openEntry(record: OutboxRecord, at: string): Promise<Entry> {
    const entry = (await open(this.#key, `outbox/${record.id}`, record.body)) as Entry
    if (!record.is_sent) return { ...entry, receipt: null, received_at: null, is_settled: false }
    if (entry.receipt !== null || record.told === null) return entry
    return { ...entry, receipt: record.told, received_at: record.told_at ?? at }
  }

  #sealedRoots(before: State, after: State): Promise<(readonly [string, Sealed])[]> {
    const changed = [...after.rows].filter(([root, rows]) => before.rows.get(root) !== rows)
    const sealing = changed.map(
      async ([root, rows]) =>
        [root, await seal(this.#key, `rows/${root}`, [...rows.values()])] as const,
    )
    return Promise.all(sealing)
  }

  #sealedEntries(before: State, after: State, device: DeviceRecord): Promise<SealedEntry[]> {
    const old = new Map(before.entries.map((entry) => [entry.id, entry]))
    const changed = after.entries.filter((entry) => old.get(entry.id) !== entry)
    return Promise.all(changed.map((entry) => this.#sealEntry(entry, old.get(entry.id), device)))
  }

  /** The envelope names device and number: it is made anew when either changes. */
  async #sealEntry(
    entry: Entry,
    was: Entry | undefined,
    device: DeviceRecord,
  ): Promise<SealedEntry> {
    const isSame = was?.device === entry.device && was.n === entry.n
    return {
      id: entry.id,
      device: entry.device,
      n: entry.n,
      is_sent: entry.receipt !== null,
      told: null,
      body: await seal(this.#key, `outbox/${entry.id}`, entry),
      envelope: isSame ? null : await sealFor(device.server_key, entry.device, mutationOf(entry)),
    }
  }
}

interface SealedEntry extends Omit<OutboxRecord, keyof Envelope> {
  /** Null: as it was. */
  readonly envelope: Envelope | null
}

/**
 * As it was done: what earlier devices left, one after the other, then this one's by number. A store
 * of a build that did not note its devices goes by their first ids, which a clock has made.
 */
function inOrder(entries: readonly Entry[], { device, earlier = [] }: Place): Entry[] {
  const began = new Map<string, string>()
  for (const entry of entries) {
    const first = began.get(entry.device)
    if (first === undefined || entry.id < first) began.set(entry.device, entry.id)
  }
  const unnoted = [...began.keys()].filter((one) => one !== device && !earlier.includes(one))
  const first = (one: string) => began.get(one) ?? ''
  const devices = [
    ...unnoted.toSorted((one, other) => (first(one) < first(other) ? -1 : 1)),
    ...earlier,
    device,
  ]
  const rank = new Map(devices.map((one, index) => [one, index]))
  const placeOf = (entry: Entry) => rank.get(entry.device) ?? 0
  return entries.toSorted((one, other) => placeOf(one) - placeOf(other) || one.n - other.n)
}

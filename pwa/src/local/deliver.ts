/**
 * Delivers what waits in a store without opening it: sealed mutations go out by the write-only
 * token, and receipts come in. No row is read, no key is needed.
 */
import { ProblemError } from '../wire/answers.ts'
import type { Receipt, SyncRes } from '../wire/types.gen.ts'
import { writeLock } from './core.ts'
import { getMeta, putMeta, type DeviceRecord, type OutboxRecord, type PhoneDb } from './db.ts'
import type { Platform } from './platform.ts'
import { deliveryFor, MOST_MUTATIONS, type Speaker } from './request.ts'

/** Rounds in one delivery: enough for a long winter without a network. */
const MOST_ROUNDS = 50

export async function unsentIn(db: PhoneDb): Promise<number> {
  return (await unsentRecords(db)).length
}

/**
 * Send until nothing waits or nothing moves. Answers how many rows still wait; rejects as the
 * client does when the server cannot be reached or refuses the token.
 */
export async function deliver(platform: Platform, db: PhoneDb): Promise<number> {
  let most = MOST_MUTATIONS
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const device = await db.read((tx) => getMeta(tx, 'device'))
    const waiting = (await unsentRecords(db)).filter((record) => record.device === device?.id)
    if (!device || waiting.length === 0) break
    const batch = waiting.slice(0, most)
    const answer = await sent(platform, device, batch)
    if (answer === 'too_long') {
      if (batch.length === 1) break
      most = Math.ceil(batch.length / 2)
    } else if (!(await taken(platform, db, answer))) {
      break
    }
  }
  return unsentIn(db)
}

async function sent(
  platform: Platform,
  device: DeviceRecord,
  records: readonly OutboxRecord[],
): Promise<SyncRes | 'too_long'> {
  const sealed = records.map(({ n, id, enc, ct }) => ({ n, id, enc, ct }))
  const request = deliveryFor(device.id, sealed, speakerOf(platform))
  try {
    return await platform.client.exchange(request, device.delivery_token)
  } catch (fault) {
    if (fault instanceof ProblemError && fault.status === 413) return 'too_long'
    throw fault
  }
}

/** Store receipts and void what the server says it lacks. False when nothing has moved. */
async function taken(platform: Platform, db: PhoneDb, answer: SyncRes): Promise<boolean> {
  const moved = await platform.alone(writeLock(db.name), false, () =>
    db.write(async (tx) => {
      const box = tx.objectStore('outbox')
      const records = await box.getAll()
      const changed = records
        .map((record) => [record, after(record, answer)] as const)
        .filter(([record, next]) => record.is_sent !== next.is_sent)
      for (const [, next] of changed) await box.put(next)
      if (changed.length > 0) await putMeta(tx, 'turn', ((await getMeta(tx, 'turn')) ?? 0) + 1)
      return changed.length > 0
    }),
  )
  return moved ?? false
}

function after(record: OutboxRecord, answer: SyncRes): OutboxRecord {
  if (record.device !== answer.device) return record
  if (answer.stop === 'gap' && record.n >= answer.next_n) {
    return { ...record, is_sent: false, told: null }
  }
  const receipt = answer.receipts.find(({ id, n }) => id === record.id && n === record.n)
  if (!receipt || record.is_sent) return record
  return { ...record, is_sent: true, told: withoutText(receipt), told_at: answer.now }
}

/** The text may speak of a family, and nothing here could seal it. The refusal row brings it again. */
function withoutText(receipt: Receipt): Receipt {
  return { ...receipt, text: '' }
}

async function unsentRecords(db: PhoneDb): Promise<OutboxRecord[]> {
  const records = await db.read((tx) => tx.objectStore('outbox').getAll())
  return records.filter((record) => !record.is_sent).sort((one, other) => one.n - other.n)
}

/** One sender at a time, whichever tab it is in. */
export function sendLock(name: string): string {
  return `${name}/send`
}

export function speakerOf(platform: Platform): Speaker {
  const [session, ms] = platform.since()
  return { build: platform.build, sent: [platform.now().toISOString(), session, ms] }
}

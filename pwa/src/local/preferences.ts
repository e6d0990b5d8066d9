/** Choices of this browser that are nobody's secret: language and look. Kept in clear. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

interface Kept extends DBSchema {
  kept: { key: string; value: unknown }
}

const NAME = 'presente-preferences'
const KEY = 'all'

/** What was kept, or null: also when this browser keeps nothing. */
export async function loadPreferences(): Promise<unknown> {
  try {
    const db = await open()
    const kept = await db.get('kept', KEY)
    db.close()
    return kept ?? null
  } catch {
    return null
  }
}

/** Keep them if this browser can. A look that is forgotten is no loss worth an alarm. */
export async function savePreferences(preferences: unknown): Promise<void> {
  try {
    const db = await open()
    await db.put('kept', preferences, KEY)
    db.close()
  } catch {
    // Shown as chosen until the app is closed.
  }
}

function open(): Promise<IDBPDatabase<Kept>> {
  return openDB<Kept>(NAME, 1, {
    upgrade(db) {
      db.createObjectStore('kept')
    },
  })
}

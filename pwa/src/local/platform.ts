/** What the phone's core takes from the browser, so that tests can give their own. */
import { v7 } from 'uuid'

import { createClient, type Client } from '../wire/client.ts'

export interface Platform {
  readonly client: Client
  /** Name of this build of the app. */
  readonly build: string
  now(): Date
  /** A fresh UUIDv7. */
  newId(): string
  /** A random number in [0, 1). */
  chance(): number
  /** This session's random id, and the milliseconds since it began: immune to the wall clock. */
  since(): readonly [string, number]
  /** Run later. Returns what calls it off. */
  after(ms: number, run: () => void): () => void
  /** Run alone among all tabs; with `isOptional`, not at all when another is at it. */
  alone<T>(name: string, isOptional: boolean, run: () => Promise<T>): Promise<T | null>
  /** Tell the other tabs, and hear them. */
  channel(name: string, hear: () => void): Channel
  /** Call back whenever it is worth trying the line anew. */
  onChance(run: () => void): () => void
  /** Ask the browser never to evict the store. */
  persist(): Promise<boolean>
  isPersisted(): Promise<boolean>
}

export interface Channel {
  tell(): void
  close(): void
}

export function browser(build: string): Platform {
  const session = crypto.randomUUID()
  return {
    client: createClient((url, init) => fetch(url, init)),
    build,
    now: () => new Date(),
    newId: () => v7(),
    chance: () => Math.random(),
    since: () => [session, Math.round(performance.now())],
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => {
        clearTimeout(timer)
      }
    },
    alone,
    channel,
    onChance,
    persist: () => storage()?.persist() ?? Promise.resolve(false),
    isPersisted: () => storage()?.persisted() ?? Promise.resolve(false),
  }
}

export async function alone<T>(
  name: string,
  isOptional: boolean,
  run: () => Promise<T>,
): Promise<T | null> {
  const held = await navigator.locks.request(name, { ifAvailable: isOptional }, (lock) =>
    lock ? run() : null,
  )
  return held
}

export function channel(name: string, hear: () => void): Channel {
  const line = new BroadcastChannel(name)
  line.onmessage = hear
  return {
    tell: () => {
      line.postMessage(null)
    },
    close: () => {
      line.close()
    },
  }
}

/** Back online, back on screen, or told by a push. */
function onChance(run: () => void): () => void {
  const ifVisible = () => {
    if (document.visibilityState === 'visible') run()
  }
  const worker = 'serviceWorker' in navigator ? navigator.serviceWorker : null
  const ifPushed = (event: MessageEvent) => {
    if (event.data === 'sync') run()
  }
  window.addEventListener('online', run)
  document.addEventListener('visibilitychange', ifVisible)
  worker?.addEventListener('message', ifPushed)
  return () => {
    window.removeEventListener('online', run)
    document.removeEventListener('visibilitychange', ifVisible)
    worker?.removeEventListener('message', ifPushed)
  }
}

/** Missing where the page is not a secure context, and in some engines. */
function storage(): StorageManager | null {
  const given = (navigator as { storage?: Partial<StorageManager> }).storage
  return given?.persist && given.persisted ? (given as StorageManager) : null
}

/**
 * New versions of the app. A new service worker waits until nobody is in the middle of a form:
 * a dirty form holds a lock, which every tab and the worker can see, and which a killed tab loses.
 */

const DIRTY = 'presente/dirty'

type Listener = () => void

export class Updates {
  #waiting: ServiceWorker | null = null
  readonly #listeners = new Set<Listener>()

  get isReady(): boolean {
    return this.#waiting !== null
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A form has unsaved words. Call what it returns when they are saved or thrown away. */
  holdBack(): () => void {
    let release: () => void = () => undefined
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    void navigator.locks.request(DIRTY, { mode: 'shared' }, () => until)
    return release
  }

  /** Let the new version take over; the page then loads anew. False while a form is dirty. */
  async take(): Promise<boolean> {
    if (!this.#waiting || (await isAnyFormDirty())) return false
    this.#waiting.postMessage('skip-waiting')
    return true
  }

  /** Follow a registration: tell when a new worker waits. */
  watch(registration: ServiceWorkerRegistration): void {
    const look = () => {
      this.#waiting = navigator.serviceWorker.controller ? registration.waiting : null
      for (const listener of [...this.#listeners]) listener()
    }
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look)
    })
    look()
  }
}

export async function isAnyFormDirty(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query()
  return held.some((lock) => lock.name === DIRTY)
}

/** The one of this page. */
export const updates = new Updates()

/** Keeps a form's words once a second, and at once when the app is hidden or left. */

const EVERY_MS = 800

export class Autosave {
  state = $state<'idle' | 'saved' | 'failed'>('idle')
  readonly #save: () => Promise<void>
  #timer: ReturnType<typeof setTimeout> | null = null
  #running: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(save: () => Promise<void>) {
    this.#save = save
  }

  /** Something was written. */
  touch(): void {
    if (this.#isStopped || this.#timer !== null) return
    this.#timer = setTimeout(() => void this.flush(), EVERY_MS)
  }

  /** Keep it now. Resolves when it is on disk; a failure is told by `state`. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#isStopped) return
    this.#running = this.#running.then(() => this.#keep())
    await this.#running
  }

  /** The words are safe elsewhere, or wanted no more: keep nothing from now on. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running
  }

  /** The stop failed to be needed: the form goes on. */
  resume(): void {
    this.#isStopped = false
  }

  /** Follow the page's life. The answer ends it, and keeps what is pending. */
  start(): () => void {
    const leaving = (): void => {
      if (this.#timer !== null) void this.flush()
    }
    document.addEventListener('visibilitychange', leaving)
    window.addEventListener('pagehide', leaving)
    return () => {
      document.removeEventListener('visibilitychange', leaving)
      window.removeEventListener('pagehide', leaving)
      leaving()
    }
  }

  async #keep(): Promise<void> {
    try {
      await this.#save()
      this.state = 'saved'
    } catch {
      this.state = 'failed'
    }
  }
}

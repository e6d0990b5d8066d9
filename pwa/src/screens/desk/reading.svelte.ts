/** One answer of the office as it was last read: kept on screen when it cannot be read anew. */
import { ProblemError, SignedOut } from '../../wire/answers.ts'
import type { Tagged } from '../../wire/client.ts'

/** Why the last reading failed. `offline` covers whatever stood between us and the office. */
export type Trouble = 'offline' | 'signed_out' | { readonly detail: string }

/** Ask the office, naming what is held; null when that still holds. */
export type Ask<T> = (etag: string) => Promise<Tagged<T> | null>

/** For what the office cannot tell unchanged: asked whole each time. */
export function whole<T>(ask: () => Promise<T>): Ask<T> {
  return async () => ({ etag: '', answer: await ask() })
}

export class Reading<T> {
  value = $state.raw<T | null>(null)
  /** When the office last said that this is how it is. */
  readAt = $state.raw<Date | null>(null)
  trouble = $state.raw<Trouble | null>(null)
  isReading = $state(false)
  #asked = 0
  #etag = ''
  readonly #ask: Ask<T>
  readonly #now: () => Date

  constructor(ask: Ask<T>, now: () => Date) {
    this.#ask = ask
    this.#now = now
  }

  /** Read anew. Never rejects; true when something else is shown than before. */
  async read(): Promise<boolean> {
    const turn = ++this.#asked
    this.isReading = true
    try {
      const tagged = await this.#ask(this.#etag)
      if (turn !== this.#asked) return false
      if (tagged !== null) {
        this.value = tagged.answer
        this.#etag = tagged.etag
      }
      this.readAt = this.#now()
      this.trouble = null
      return tagged !== null
    } catch (error) {
      if (turn === this.#asked) this.trouble = troubleOf(error)
      return false
    } finally {
      if (turn === this.#asked) this.isReading = false
    }
  }
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof SignedOut) return 'signed_out'
  const isRefusal = error instanceof ProblemError && error.status < 500 && error.status !== 429
  return isRefusal ? { detail: error.message } : 'offline'
}

/** Any reading, whatever was read. */
export type AnyReading = Pick<
  Reading<unknown>,
  'value' | 'readAt' | 'trouble' | 'isReading' | 'read'
>

/** One answer of the office as it was last read: kept on screen when it cannot be read anew. */
import { ProblemError, Unchanged } from '../../wire/answers.ts'

/** Why the last reading failed. `offline` covers whatever stood between us and the office. */
export type Trouble = 'offline' | { readonly detail: string }

/** Ask the office. Gets the ETag of what is held, when there is one. */
export type Ask<T> = (held: T | null) => Promise<T>

export class Reading<T> {
  value = $state.raw<T | null>(null)
  /** When the office last said that this is how it is. */
  readAt = $state.raw<Date | null>(null)
  trouble = $state.raw<Trouble | null>(null)
  isReading = $state(false)
  #asked = 0
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
      const value = await this.#ask(this.value)
      if (turn !== this.#asked) return false
      this.value = value
      this.#fine()
      return true
    } catch (error) {
      if (turn !== this.#asked) return false
      if (error instanceof Unchanged) this.#fine()
      else this.trouble = troubleOf(error)
      return false
    } finally {
      if (turn === this.#asked) this.isReading = false
    }
  }

  #fine(): void {
    this.readAt = this.#now()
    this.trouble = null
  }
}

function troubleOf(error: unknown): Trouble {
  const isRefusal = error instanceof ProblemError && error.status < 500 && error.status !== 429
  return isRefusal ? { detail: error.message } : 'offline'
}

/** Any reading, whatever was read. */
export type AnyReading = Pick<
  Reading<unknown>,
  'value' | 'readAt' | 'trouble' | 'isReading' | 'read'
>

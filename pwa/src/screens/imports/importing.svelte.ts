/** One import as the screen follows it: files go up, the office looks, says, and takes them in. */
import type { Client } from '../../wire/client.ts'
import type { FileDrop, SetDates } from '../../wire/types.gen.ts'
import { sayRefusal } from '../welcome/say.ts'
import { check, commit, lookAt, makeDrop, sendFile, settleDates, throwAway } from './api.ts'
import { stageOf } from './rules.ts'

const POLL_MS = 1000

export class Importing {
  drop = $state.raw<FileDrop | null>(null)
  /** The file on its way up, and which of how many it is. */
  sending = $state.raw<{ readonly name: string; readonly at: number; readonly of: number } | null>(
    null,
  )
  /** Why the last thing asked for did not happen. */
  trouble = $state('')
  #isBegun = false
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #client: Client
  readonly #ondone: () => void

  /** `ondone`: an import ended, one way or another. */
  constructor(client: Client, ondone: () => void) {
    this.#client = client
    this.#ondone = ondone
  }

  readonly stage = $derived(stageOf(this.drop))

  /** Follow a drop that was made before, here or in another tab. */
  async follow(id: string): Promise<void> {
    await this.#try(async () => {
      this.#show(await lookAt(this.#client, id))
    })
  }

  /** Take up the drop that was left behind, unless the person has begun something meanwhile. */
  async resume(id: string): Promise<void> {
    await this.#try(async () => {
      const drop = await lookAt(this.#client, id)
      if (!this.#isBegun && this.drop === null) this.#show(drop)
    })
  }

  /** Show a job that was begun elsewhere: mended lines, an undoing. */
  show(drop: FileDrop): void {
    this.trouble = ''
    this.#show(drop)
  }

  /** Send files up one after the other; those sent before stay. */
  async send(files: readonly File[]): Promise<void> {
    this.#isBegun = true
    await this.#try(async () => {
      const isFresh = this.drop === null || this.stage === 'done'
      const id = isFresh || this.drop === null ? await makeDrop(this.#client) : this.drop.id
      for (const [place, file] of files.entries()) {
        this.sending = { name: file.name, at: place + 1, of: files.length }
        await sendFile(this.#client, id, { name: file.name, content: file })
      }
      this.#show(await lookAt(this.#client, id))
    })
    this.sending = null
  }

  /** Ask what these files would change. */
  async check(): Promise<void> {
    await this.#ask((id) => check(this.#client, id))
  }

  /** Say which of month and day comes first in these files, and look at them again. */
  async settleDates(order: SetDates['order']): Promise<void> {
    await this.#ask((id) => settleDates(this.#client, id, order))
  }

  /** Take the files in. */
  async commit(isDropConfirmed: boolean): Promise<void> {
    await this.#ask((id) => commit(this.#client, id, isDropConfirmed))
  }

  /** Forget these files, here and at the office. */
  async throwAway(): Promise<void> {
    const id = this.drop?.id
    if (id === undefined) return
    await this.#try(async () => {
      await throwAway(this.#client, id)
      this.drop = null
    })
  }

  /** Nobody looks any more. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  async #ask(what: (id: string) => Promise<FileDrop>): Promise<void> {
    const id = this.drop?.id
    if (id === undefined) return
    await this.#try(async () => {
      this.#show(await what(id))
    })
  }

  #show(drop: FileDrop): void {
    const wasWaiting = this.stage === 'wait'
    this.drop = drop
    clearTimeout(this.#timer)
    if (this.stage === 'wait') {
      this.#timer = setTimeout(() => void this.follow(drop.id), POLL_MS)
    } else if (wasWaiting) {
      this.#ondone()
    }
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.trouble = ''
    } catch (error) {
      this.trouble = sayRefusal(error)
      // A weak network must not end the watching of a job that goes on at the office.
      const id = this.drop?.id
      clearTimeout(this.#timer)
      if (id !== undefined && this.stage === 'wait') {
        this.#timer = setTimeout(() => void this.follow(id), POLL_MS * 5)
      }
    }
  }
}
